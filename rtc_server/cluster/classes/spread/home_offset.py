"""How far a home host's clock is from this host's, by the round trips of updates. Pure."""

from __future__ import annotations

from rtc_server.cluster.classes.spread.messages import HomeTime
from rtc_server.sync.clock_offset import ClockOffset, OffsetEstimate


class HomeOffset:
    """Processes of one machine have one monotonic clock; between machines it is estimated."""

    def __init__(self, machine: str) -> None:
        """:param machine: this host's."""
        self._machine = machine
        self._offset = ClockOffset()
        self._estimate = OffsetEstimate(0.0, 0.0)

    @property
    def offset_s(self) -> float:
        """Add it to a time of the home host."""
        return self._estimate.offset_ms / 1000

    @property
    def error_s(self) -> float:
        """At most, as long as no clock drifts by more than quartz does."""
        return self._estimate.error_ms / 1000

    def on_round_trip(self, sent_s: float, time: HomeTime, now_s: float) -> None:
        """An update was answered.

        :param sent_s: when it was sent, and `now_s` when its answer came, on this host's clock.
        """
        if time.machine == self._machine:
            return
        there_ms = time.received_s * 1000
        self._offset.on_received_by_device(sent_s, there_ms, now_s)
        self._offset.on_sent_by_device(there_ms, now_s)
        self._estimate = self._offset.estimate or self._estimate
