"""A code lets one phone in, once, for two minutes, into one session."""

from __future__ import annotations

import pytest

from rtc_server.session.cameras import pairings
from rtc_server.session.cameras.errors import (
    PairingExpired,
    PairingUsed,
    TooManyMisses,
    UnknownPairing,
)
from rtc_server.session.cameras.pairings import MAX_OPEN, PAIRING_S, TRIES, PairingStore

HOME = "192.0.2.1"


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> PairingStore:
    return PairingStore(clock)


@pytest.mark.parametrize("kind", ["code", "spaced code", "secret"])
def test_the_code_and_the_secret_lead_to_the_session_once(store: PairingStore, kind: str) -> None:
    pairing = store.open("tango")
    code = pairing.code
    text = {"code": code, "spaced code": f" {code[:4]} {code[4:]}", "secret": pairing.secret}[kind]
    assert store.take(text, HOME).session == "tango"
    for again in (pairing.code, pairing.secret):
        with pytest.raises(PairingUsed):
            store.take(again, HOME)


def test_it_ends_after_two_minutes(store: PairingStore, clock: Clock) -> None:
    pairing = store.open("tango")
    clock.now_s += PAIRING_S - 1
    assert len(store) == 1
    clock.now_s += 1
    assert len(store) == 0
    with pytest.raises(PairingExpired):
        store.take(pairing.secret, HOME)


def test_codes_of_two_sessions_are_not_mixed_up(store: PairingStore) -> None:
    own, foreign = store.open("tango"), store.open("salsa")
    assert store.take(foreign.code, HOME).session == "salsa"
    assert store.take(own.code, HOME).session == "tango"


def test_of_too_many_of_a_session_the_oldest_gives_way(store: PairingStore) -> None:
    first, *others = [store.open("tango") for _ in range(MAX_OPEN + 1)]
    with pytest.raises(PairingExpired):
        store.take(first.code, HOME)
    assert store.take(others[0].code, HOME).session == "tango"


def test_an_address_that_guesses_has_to_wait(store: PairingStore, clock: Clock) -> None:
    store.open("tango")
    for _ in range(int(TRIES.burst)):
        with pytest.raises(UnknownPairing):
            store.take("00000000", HOME)
    with pytest.raises(TooManyMisses):
        store.take(store.open("tango").code, HOME)  # what is right is no news, either
    assert store.take(store.open("tango").secret, HOME)
    with pytest.raises(UnknownPairing):
        store.take("00000000", "192.0.2.2")
    clock.now_s += 1 / TRIES.per_s
    with pytest.raises(UnknownPairing):
        store.take("00000000", HOME)


def test_many_addresses_that_guess_have_to_wait_together(store: PairingStore) -> None:
    for guess in range(int(pairings.ALL_MISSES.burst)):
        with pytest.raises(UnknownPairing):
            store.take("00000000", f"192.0.2.{guess}")
    with pytest.raises(TooManyMisses):
        store.take(store.open("tango").code, HOME)


@pytest.mark.parametrize("text", ["", "x", "ü" * 22, "1" * 10_000, "\0", "\ud800" * 9])
def test_anything_else_is_unknown(store: PairingStore, text: str) -> None:
    store.open("tango")
    with pytest.raises(UnknownPairing):
        store.take(text, HOME)


def test_a_phone_comes_back_to_the_session_that_continues_its_own(store: PairingStore) -> None:
    store.remember_camera("phone", "tango")
    store.move_session("tango", "tango again")
    assert store.find_session("phone") == "tango again"
    with pytest.raises(UnknownPairing):
        store.find_session("another phone")


def test_what_is_remembered_is_limited(
    store: PairingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairings, "MAX_CAMERAS", 2)
    monkeypatch.setattr(pairings, "MAX_PAIRINGS", 2)
    codes = [store.open(f"{k}").code for k in range(3)]
    for k in range(3):
        store.remember_camera(f"phone {k}", f"{k}")
    with pytest.raises(UnknownPairing):
        store.take(codes[0], HOME)
    with pytest.raises(UnknownPairing):
        store.find_session("phone 0")
    assert store.find_session("phone 2") == "2"
