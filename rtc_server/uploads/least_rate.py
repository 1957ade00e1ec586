"""How slowly a video may arrive. Pure."""

from __future__ import annotations

LEAST_RATE = 16_000  # bytes a second: a telephone at the edge of its network still sends this
FIRST_CREDIT_S = 20.0
MAX_CREDIT_S = 30.0


class ReceptionCredit:
    """The time that the server still waits: each byte buys some, up to MAX_CREDIT_S.

    So whoever has sent well may pause for half a minute, as when a telephone changes its cell; who
    sends a byte now and then is cut off after FIRST_CREDIT_S. Time in which the server does not
    wait, because it writes to a slow disk, costs nothing.
    """

    def __init__(self) -> None:
        self.left_s = FIRST_CREDIT_S

    def spend(self, waited_s: float, received: int) -> None:
        """Note how long the server waited for so many bytes."""
        self.left_s = min(MAX_CREDIT_S, self.left_s - waited_s + received / LEAST_RATE)
