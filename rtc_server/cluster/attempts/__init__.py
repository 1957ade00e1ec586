"""Attempts that go on in another session: written down, found, and restored on another host."""
