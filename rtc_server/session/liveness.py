"""Whether a learner is still there: what is heard of them, and when. Pure; time is handed in.

Two questions. Is the connection up at all? Packets of any kind tell, and they come more often than
once in AWAY_S: without a camera, too, receivers report on what they are sent (RFC 3550, 6.2). And
does anybody take part? Only messages and webcam frames tell that.
"""

from __future__ import annotations

AWAY_S = 3.0


class Liveness:
    """The last signs of life of one learner."""

    def __init__(self, now_s: float, vanished_after_s: float) -> None:
        self._vanished_after_s = vanished_after_s
        self._taken_part_s = now_s
        self._packets = 0
        self._packet_s = now_s

    def takes_part(self, now_s: float) -> None:
        """A message or a webcam frame came."""
        self._taken_part_s = now_s

    def received(self, packets: int, now_s: float) -> None:
        """So many packets have come up to now."""
        if packets != self._packets:
            self._packets = packets
            self._packet_s = now_s

    def away(self, now_s: float) -> bool:
        """Nothing comes: whoever it is sees and hears nothing now, or cannot answer."""
        return now_s - self._packet_s >= AWAY_S

    def vanished(self, now_s: float) -> bool:
        """It has been so long that the place goes to somebody else."""
        return now_s - self._taken_part_s >= self._vanished_after_s
