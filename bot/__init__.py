"""Shows answers to people: on Telegram, in the terminal, as JSON."""
