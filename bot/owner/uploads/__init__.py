"""Articles that owners send: read, previewed, and published on their yes."""
