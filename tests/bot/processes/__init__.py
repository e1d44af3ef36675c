"""The bot as a process of its own."""
