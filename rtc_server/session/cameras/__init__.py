"""Phones that are the camera of a session: their pairing, their connection, which one counts."""
