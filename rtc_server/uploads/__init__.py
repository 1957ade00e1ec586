"""Lessons made of videos that are sent over HTTP: the request, its job, and the worker process."""
