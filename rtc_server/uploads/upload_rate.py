"""How many uploads a client may begin in a short time. Pure; time is passed in."""

from __future__ import annotations

BURST = 60.0  # uploads that may be begun at once; a place in the queue is needed besides
PER_S = 0.5
MAX_CLIENTS = 10_000


class UploadRate:
    """Counts uploads that are begun, so that begun and cancelled ones cannot be without end."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}  # by client: how many, and when

    def take(self, client: str, now_s: float) -> bool:
        """Count an upload that begins; return whether it was within the rate."""
        left, since_s = self._left.pop(client, (BURST, now_s))
        left = min(BURST, left + (now_s - since_s) * PER_S)
        if len(self._left) >= MAX_CLIENTS:
            del self._left[next(iter(self._left))]  # who was not seen for the longest time
        allowed = left >= 1
        self._left[client] = (left - allowed, now_s)
        return allowed
