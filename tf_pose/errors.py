"""What can go wrong with poses, one sentence each."""

from __future__ import annotations


class PoseError(Exception):
    """Something about estimating poses; the message says expected, got and where."""


class UnknownEngine(PoseError):
    """A name that no engine has."""


class EngineUnavailable(PoseError):
    """The engine's library is not installed, or it does not read the weights."""


class UnknownNetwork(PoseError):
    """A name that no weights have."""


class BadImage(PoseError, ValueError):
    """Not a picture: expected (H, W, 3) uint8 BGR."""


class BadSize(PoseError, ValueError):
    """A size, region or stage that the network cannot be run with."""
