"""Scoring against a reference that grows: a live class, whose teacher dances now."""
