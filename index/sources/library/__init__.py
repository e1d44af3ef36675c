"""The articles folder: files written, found again and removed, and the places that are kept in sync."""
