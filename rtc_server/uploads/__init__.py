"""Lessons that come over the network: an upload, its job, and the process that makes it."""
