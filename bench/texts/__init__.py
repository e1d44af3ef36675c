"""Passages, sentences and languages: the choices of docs/chunking.md and docs/language.md."""
