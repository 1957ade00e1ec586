"""HTTP routes of phones that are the camera of a session."""
