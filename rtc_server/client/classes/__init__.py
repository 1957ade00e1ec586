"""A headless teacher of a class."""
