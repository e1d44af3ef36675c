"""One parser a document format, each with ``parse(content, url)``, and what they share."""
