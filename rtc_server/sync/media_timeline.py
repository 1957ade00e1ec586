"""RTP time of a stream that is passed on, on the server's clock. Pure.

What is passed on keeps its own time: from one packet to the next the timeline moves as the sender's
timestamps do, whatever the network does meanwhile. Only its beginning is found from arrivals.

The sender's clock has jumped where a timestamp is more than a second ahead of its arrival or goes
back by as much. One that stays more than a second behind for some seconds has stood still: a sender
or a network that was only held up catches up sooner. The timeline then begins anew at the arrival.
"""

from __future__ import annotations

from rtc_server.sync.capture_clock import signed_difference

JUMP_S = 1.0
HELD_UP_S = 3.0
# The first packets may have been slow: until then one that comes early moves the beginning.
SETTLE_S = 2.0


class MediaTimeline:
    """Places RTP timestamps of one stream on the server's clock, in ticks of the stream's rate."""

    def __init__(self, hz: int) -> None:
        self._hz = hz
        self._last_rtp: int | None = None
        self._last_ticks = 0
        self._begun_s = 0.0
        self._late_since_s: float | None = None
        self.jumps = 0  # how often the sender's clock jumped

    def place(self, rtp: int, arrival_s: float) -> int:
        """When the media of this timestamp was captured, in ticks of the server's clock.

        :param rtp: 32 bits.
        """
        if self._last_rtp is None:
            return self._begin(rtp, arrival_s)
        step = signed_difference(self._last_rtp, rtp)
        ticks = self._last_ticks + step
        early = ticks - round(arrival_s * self._hz)
        if self._has_jumped(step, early, arrival_s):
            self.jumps += 1
            return self._begin(rtp, arrival_s)
        if early > 0 and arrival_s - self._begun_s < SETTLE_S:
            ticks -= early
        self._last_rtp, self._last_ticks = rtp, ticks
        return ticks

    def _has_jumped(self, step: int, early: int, arrival_s: float) -> bool:
        jump = JUMP_S * self._hz
        if early >= -jump:
            self._late_since_s = None
        elif self._late_since_s is None:
            self._late_since_s = arrival_s
        stands = self._late_since_s is not None and arrival_s - self._late_since_s > HELD_UP_S
        return early > jump or step < -jump or stands

    def find(self, rtp: int) -> int | None:
        """The same for a timestamp near the last one; None before the first."""
        if self._last_rtp is None:
            return None
        return self._last_ticks + signed_difference(self._last_rtp, rtp)

    def is_before_last(self, rtp: int) -> bool:
        """Whether a timestamp is up to a second before the last: the order is not that of time."""
        if self._last_rtp is None:
            return False
        return -JUMP_S * self._hz < signed_difference(self._last_rtp, rtp) < 0

    def _begin(self, rtp: int, arrival_s: float) -> int:
        self._begun_s, self._late_since_s = arrival_s, None
        self._last_rtp, self._last_ticks = rtp, round(arrival_s * self._hz)
        return self._last_ticks
