"""An index on disk: building a generation, vectors, the inverted index, and opening them again with their checks."""
