"""The errors of pose estimation."""

from __future__ import annotations


class PoseError(Exception):
    """The base of these errors; messages say what was expected, what was given, and where."""


class UnknownEngine(PoseError):
    """No engine has that name."""


class EngineUnavailable(PoseError):
    """The engine's library is not installed, or it cannot read the weights."""


class UnknownNetwork(PoseError):
    """No weights have that name."""


class BadImage(PoseError, ValueError):
    """Not an image: expected (H, W, 3) uint8 BGR."""


class BadSize(PoseError, ValueError):
    """A size, region or stage that the network cannot be run with."""
