"""Text brought back to what its author wrote: character sets, hyphenation, bylines."""
