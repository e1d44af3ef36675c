"""The emulator against the Bot API's documentation."""
