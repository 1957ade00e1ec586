"""What lets a phone become the camera of a session: a secret that serves once. Pure.

A pairing has a secret for a link and a short code for people who type. Whoever has either may be
the camera, and see how the learner of that session stands and scores, and nothing else.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from rtc_server.session.cameras.errors import (
    PairingExpired,
    PairingUsed,
    TooManyMisses,
    UnknownPairing,
)
from rtc_server.token_bucket import RateLimit, TokenBucket, TokenBuckets

PAIRING_S = 120.0
CODE_DIGITS = 8
MAX_OPEN = 4  # of one session; the oldest gives way
MAX_PAIRINGS = 2000  # that are remembered, to say that one has expired or was used
MAX_CAMERAS = 1000  # phones that may come back
# Codes that are tried, and of those the wrong ones. With 100 pairings open, an address finds one of
# them within two minutes with a probability of 7 in 100,000, and all together with 4 in 10,000.
TRIES = RateLimit(1 / 3, 30)
ALL_MISSES = RateLimit(2, 200)
MAX_ADDRESSES = 10_000


@dataclass(slots=True)
class Pairing:
    """Lets one phone in."""

    session: str
    code: str
    secret: str
    expires_s: float
    is_used: bool = False


class PairingStore:
    """All pairings of the server, and the phones that they have let in."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._pairings: OrderedDict[str, Pairing] = OrderedDict()  # by their codes
        self._sessions_of_cameras: OrderedDict[str, str] = OrderedDict()
        self._tries = TokenBuckets(TRIES, MAX_ADDRESSES)
        self._all_misses = TokenBucket(ALL_MISSES, now())

    def __len__(self) -> int:
        """The pairings that still serve."""
        now_s = self._now()
        return sum(not p.is_used and now_s < p.expires_s for p in self._pairings.values())

    def open(self, session: str) -> Pairing:
        """Make a pairing for a session that runs."""
        own = [p for p in self._pairings.values() if p.session == session and not p.is_used]
        for oldest in own[: max(0, len(own) - MAX_OPEN + 1)]:
            oldest.expires_s = 0.0
        code = self._choose_code()
        pairing = Pairing(session, code, secrets.token_urlsafe(16), self._now() + PAIRING_S)
        self._pairings[code] = pairing
        while len(self._pairings) > MAX_PAIRINGS:
            self._pairings.popitem(last=False)
        return pairing

    def take(self, text: str, address: str) -> Pairing:
        """Use a pairing, by its code (spaces do not count) or its secret.

        :param address: that of who asks, as limits count it.
        :raises UnknownPairing: it is neither a code nor a secret of this server.
        :raises PairingExpired, PairingUsed: it does not serve any more.
        :raises TooManyMisses: too many codes of this address, or wrong ones of all.
        """
        pairing = self._find(text, address)
        if pairing is None:
            raise UnknownPairing(
                "expected the code that the screen shows, or its link; got another"
            )
        if pairing.is_used:
            raise PairingUsed("the code was used already; ask the screen for another one")
        if self._now() >= pairing.expires_s:
            raise PairingExpired(
                f"the code was valid for {PAIRING_S / 60:.0f} minutes; ask the screen for another"
            )
        pairing.is_used = True
        return pairing

    def remember_camera(self, camera: str, session: str) -> None:
        """A phone may come back to that session."""
        self._sessions_of_cameras[camera] = session
        while len(self._sessions_of_cameras) > MAX_CAMERAS:
            self._sessions_of_cameras.popitem(last=False)

    def move_session(self, session: str, successor: str) -> None:
        """Another session continues that one: its phones come back there."""
        for camera, own in self._sessions_of_cameras.items():
            if own == session:
                self._sessions_of_cameras[camera] = successor

    def find_session(self, camera: str) -> str:
        """The session that a phone was the camera of.

        :raises UnknownPairing: it was none's, or too long ago.
        """
        if camera not in self._sessions_of_cameras:
            raise UnknownPairing("expected the id of a camera of this server, got another")
        return self._sessions_of_cameras[camera]

    def _choose_code(self) -> str:
        while (code := f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}") in self._pairings:
            pass
        return code

    def _find(self, text: str, address: str) -> Pairing | None:
        """The pairing of a code or a secret; only codes are short enough to be guessed."""
        code = "".join(text.split()).replace("-", "")
        if len(code) > CODE_DIGITS:
            given = text.strip().encode(errors="replace")
            return next(
                (
                    pairing
                    for pairing in self._pairings.values()
                    if secrets.compare_digest(pairing.secret.encode(), given)
                ),
                None,
            )
        now_s = self._now()
        if self._all_misses.is_empty(now_s):
            raise TooManyMisses("too many codes were wrong; try again in a moment")
        if not self._tries.take(address, now_s):
            raise TooManyMisses("too many codes were tried from this address; wait a minute")
        if code not in self._pairings:
            self._all_misses.charge(1)
        return self._pairings.get(code)
