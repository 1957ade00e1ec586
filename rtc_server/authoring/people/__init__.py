"""Finds everybody in a video, section by section, several sections at the same time."""
