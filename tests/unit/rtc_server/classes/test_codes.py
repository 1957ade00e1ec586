"""Codes that nobody guesses, and who is locked out for trying."""

from __future__ import annotations

import pytest

from rtc_server.classes.codes import (
    ALL_MISSES,
    ALPHABET,
    CODE_LETTERS,
    LOCKED_S,
    MAX_MISSES,
    CodeGuard,
    make_code,
    normalize_code,
)
from rtc_server.session.cameras.errors import TooManyMisses


def test_there_are_729_million_codes_without_letters_that_look_alike() -> None:
    assert len(set(ALPHABET)) ** CODE_LETTERS == 729_000_000
    assert not set(ALPHABET) & set("IO0158")
    assert len({make_code() for _ in range(100)}) == 100
    assert set(make_code()) <= set(ALPHABET)


@pytest.mark.parametrize("typed", ["KRT4MW", "krt4mw", " KRT 4MW\n", "krt-4mw"])
def test_a_code_may_be_typed_in_several_ways(typed: str) -> None:
    assert normalize_code(typed) == "KRT4MW"


def test_an_address_with_ten_misses_is_locked_for_ten_minutes() -> None:
    guard = CodeGuard(0.0)
    for _ in range(MAX_MISSES):
        guard.require_unlocked("a", 1.0)
        guard.count_miss("a", 1.0)
    with pytest.raises(TooManyMisses):
        guard.require_unlocked("a", LOCKED_S)
    guard.require_unlocked("b", 1.0)
    guard.require_unlocked("a", LOCKED_S + 1.0)


def test_many_addresses_together_are_slowed_down_but_not_who_never_missed() -> None:
    guard = CodeGuard(0.0)
    for k in range(int(ALL_MISSES.burst)):
        guard.count_miss(f"address {k}", 0.0)
    with pytest.raises(TooManyMisses):
        guard.require_unlocked("address 3", 0.0)
    guard.require_unlocked("another", 0.0)
    guard.require_unlocked("address 3", 1.0)
