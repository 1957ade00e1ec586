"""A lesson on disk: whole or absent, its encoded packets mapped into memory (docs/lessons.md)."""
