"""How much of something there may be over time, with bursts: one token bucket for all. Pure.

https://en.wikipedia.org/wiki/Token_bucket
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many a second in the long run, and so many at once."""

    per_s: float
    burst: float


class TokenBucket:
    """It fills at a limit's rate up to its burst; time is passed in."""

    def __init__(self, limit: RateLimit, now_s: float) -> None:
        self._limit = limit
        self._tokens = limit.burst
        self._filled_s = now_s

    def take(self, now_s: float, count: int = 1) -> bool:
        """Take `count` if there are so many left, else none: that exceeds the limit."""
        self._fill(now_s)
        if self._tokens < count:
            return False
        self._tokens -= count
        return True

    def is_empty(self, now_s: float) -> bool:
        """Whether all is used up at the moment."""
        self._fill(now_s)
        return self._tokens <= 0

    def charge(self, amount: float) -> None:
        """Use what is known only afterwards: it may be more than is left."""
        self._tokens -= amount

    def _fill(self, now_s: float) -> None:
        passed_s = now_s - self._filled_s
        self._filled_s = now_s
        if passed_s > 0 and self._tokens < self._limit.burst:
            self._tokens = min(self._limit.burst, self._tokens + passed_s * self._limit.per_s)


class TokenBuckets:
    """A bucket for each key; of too many keys the one that was used longest ago is forgotten."""

    def __init__(self, limit: RateLimit, max_keys: int) -> None:
        self._limit, self._max_keys = limit, max_keys
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now_s: float) -> bool:
        """Take one of the key's tokens; False: that exceeds the limit."""
        bucket = self._buckets.setdefault(key, TokenBucket(self._limit, now_s))
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        return bucket.take(now_s)
