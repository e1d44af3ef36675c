"""The web: URLs, fetching behind an SSRF guard, robots.txt, feeds and sitemaps."""
