"""Whose results are kept where several dance."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.http.authorization.identity import choose_dancer_names

NAMED: Any = SimpleNamespace(name="Ann")
SHARED: Any = SimpleNamespace(name=None)


@pytest.mark.parametrize(
    ("invitation", "asked", "kept"),
    [
        (None, (None, "Ben"), (None, "Ben")),
        (NAMED, (None, "Ben"), (None, "Ann")),
        (NAMED, ("Eva", "Ben", None), ("Ann", None, None)),
        (NAMED, (None,), (None,)),
        (SHARED, ("Eva", "Ben"), ("Eva", None)),
    ],
)
def test_of_who_was_invited_only_their_own_are_kept(
    invitation: Any, asked: tuple[str | None, ...], kept: tuple[str | None, ...]
) -> None:
    assert choose_dancer_names(invitation, asked) == kept
