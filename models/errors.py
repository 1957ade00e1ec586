"""The errors of fetching weights."""

from __future__ import annotations


class ModelError(Exception):
    """The weights cannot be used; the message says what to do next."""


class UnknownModel(ModelError):
    """The registry has no model of that name."""


class FetchFailed(ModelError):
    """The download failed: no network, no such file, or no room on the disk."""


class WrongHash(ModelError):
    """A file's sha256 or size is not the one in the registry."""
