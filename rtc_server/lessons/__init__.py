"""Lessons on disk: complete or absent, their packets mapped into memory (docs/lessons.md)."""
