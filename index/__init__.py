"""Turns articles and a question into an Answer; knows no Telegram, no environment variable and no sentence of a reply."""
