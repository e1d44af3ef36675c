"""What Telegram refuses, and how it reads a text."""
