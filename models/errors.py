"""What can go wrong with weights, one sentence each."""

from __future__ import annotations


class ModelError(Exception):
    """Something about the weights; the message says what to do next."""


class UnknownModel(ModelError):
    """A name that is not in the registry."""


class FetchFailed(ModelError):
    """The download did not come: no network, no such file, no room on the disk."""


class WrongHash(ModelError):
    """What came is not what was asked for."""
