"""Lets long work be ended from another thread: it calls a checkpoint between its steps."""

from __future__ import annotations

from collections.abc import Callable

Checkpoint = Callable[[], None]  # what it raises ends the work


def go_on() -> None:
    """The checkpoint of who waits for the end."""
