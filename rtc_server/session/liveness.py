"""Whether a learner is still there: what is received from them, and when. Pure; time is passed in.

It answers two questions. Is the connection up at all? Packets of any kind show that. At least one
comes in every SILENCE_S, even without a camera, because receivers report on the media that they
get (RFC 3550, 6.2). And does the learner take part? Only messages and webcam frames show that.
"""

from __future__ import annotations

SILENCE_S = 3.0


class Liveness:
    """The last signs of life of one learner; times are in s of one monotonic clock."""

    def __init__(self, now_s: float, timeout_s: float) -> None:
        """:param timeout_s: after so long without activity the learner has vanished."""
        self._timeout_s = timeout_s
        self._active_s = now_s
        self._packets = 0
        self._packet_s = now_s

    def on_activity(self, now_s: float) -> None:
        """A message or a webcam frame came."""
        self._active_s = now_s

    def update_packets(self, packets: int, now_s: float) -> None:
        """Take the number of packets received up to now."""
        if packets != self._packets:
            self._packets = packets
            self._packet_s = now_s

    def is_silent(self, now_s: float) -> bool:
        """Whether nothing is received: the learner sees and hears nothing now, or cannot answer."""
        return now_s - self._packet_s >= SILENCE_S

    def has_vanished(self, now_s: float) -> bool:
        """Whether the learner was inactive for so long that somebody else gets the place."""
        return now_s - self._active_s >= self._timeout_s
