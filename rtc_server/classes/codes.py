"""The codes of classes, and who may try them. Pure; time is passed in.

There are 30^6 = 729 million codes. With 50 classes open, an address that tries its ten codes every
ten minutes for a whole day finds one of them with a probability of 1 in 10,000.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from rtc_server.session.cameras.errors import TooManyMisses
from rtc_server.token_bucket import RateLimit, TokenBucket

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ234679"  # without what looks or sounds like another
CODE_LETTERS = 6
MAX_MISSES, LOCKED_S = 10, 600.0
ALL_MISSES = RateLimit(2, 200)  # of all addresses together
MAX_ADDRESSES = 10_000


def make_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))


def normalize_code(text: str) -> str:
    """A code as people type it: small letters, spaces and hyphens do not matter."""
    return "".join(text.split()).replace("-", "").upper()


@dataclass(slots=True)
class _Misses:
    """Wrong codes of one address."""

    count: int
    since_s: float


class CodeGuard:
    """Locks out who tries codes that no class has; right ones cost nothing."""

    def __init__(self, now_s: float) -> None:
        self._misses: OrderedDict[str, _Misses] = OrderedDict()  # by address
        self._all = TokenBucket(ALL_MISSES, now_s)

    def require_unlocked(self, address: str, now_s: float) -> None:
        """Call it before a code is looked up: a locked address does not learn which are right.

        :raises TooManyMisses: of this address, or of all together, where this one has missed, too.
        """
        misses = self._misses.get(address)
        if misses is None:
            return
        if now_s - misses.since_s >= LOCKED_S:
            del self._misses[address]
        elif misses.count >= MAX_MISSES or self._all.is_empty(now_s):
            raise TooManyMisses(
                f"expected a code of a class, got {MAX_MISSES} of none; try again in "
                f"{LOCKED_S / 60:.0f} minutes"
            )

    def count_miss(self, address: str, now_s: float) -> None:
        """A code of that address was no class's."""
        misses = self._misses.setdefault(address, _Misses(0, now_s))
        misses.count += 1
        misses.since_s = now_s
        self._misses.move_to_end(address)
        if len(self._misses) > MAX_ADDRESSES:
            self._misses.popitem(last=False)
        self._all.take(now_s)
