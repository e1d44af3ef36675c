"""From documents, web pages and feeds to article files: parsers run in a sandbox, polite fetching, and the articles folder."""
