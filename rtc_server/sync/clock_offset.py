"""How far a device's clock is from the server's, and how certain that is. Pure.

A message that a device sends at `device_ms` and that comes at `server_ms` says that the offset,
server − device, is at most `server_ms − device_ms`, because no message comes before it is sent. A
message the other way says that it is at least so much. The least of the first and the greatest of
the second enclose the offset: their middle is the estimate, and half of their distance bounds its
error, however unequal the two ways are. With one exchange that is the offset and half the round
trip of NTP (RFC 5905, 8); with many, the fastest message of each way counts, whenever it came.

Clocks drift apart, so each bound gets looser while it grows old.
"""

from __future__ import annotations

from dataclasses import dataclass

from rtc_server.sync.windowed_min import WindowedMin

WINDOW_S = 30.0
# Quartz is within 50 ppm, on both sides.
MAX_DRIFT = 100e-6


@dataclass(frozen=True, slots=True)
class OffsetEstimate:
    """Add `offset_ms` to a time of the device's clock to get the server's."""

    offset_ms: float
    error_ms: float  # at most, as long as no clock drifts by more than MAX_DRIFT


class ClockOffset:
    """The bounds of the last WINDOW_S; `device_ms` is on the device's clock, the rest is ours."""

    def __init__(self) -> None:
        self._highest = WindowedMin(WINDOW_S)  # as of the server's time 0: aged bounds compare
        self._lowest = WindowedMin(WINDOW_S)  # the same, with the sign changed
        self._now_s = 0.0

    def on_sent_by_device(self, device_ms: float, arrived_s: float) -> None:
        """A message came that the device sent at `device_ms`."""
        bound_ms = arrived_s * 1000 - device_ms
        lowest_ms = self._lowest_ms(arrived_s)
        if lowest_ms is not None and bound_ms < lowest_ms:
            self._lowest = WindowedMin(WINDOW_S)  # the device's clock was set, or jumped
        self._highest.add(arrived_s, bound_ms - MAX_DRIFT * arrived_s * 1000)
        self._now_s = arrived_s

    def on_received_by_device(self, sent_s: float, device_ms: float, now_s: float) -> None:
        """The device says that a message of `sent_s` reached it at `device_ms`.

        A time that cannot be one of ours, or is too long ago, is ignored.
        """
        if not now_s - WINDOW_S <= sent_s <= now_s:
            return
        bound_ms = sent_s * 1000 - device_ms
        highest_ms = self._highest_ms(sent_s)
        if highest_ms is not None and bound_ms > highest_ms:
            self._highest = WindowedMin(WINDOW_S)  # the device's clock stood still, or was set
        self._lowest.add(now_s, -bound_ms - MAX_DRIFT * sent_s * 1000)

    @property
    def estimate(self) -> OffsetEstimate | None:
        """As of the last message; None before there was one each way."""
        highest_ms, lowest_ms = self._highest_ms(self._now_s), self._lowest_ms(self._now_s)
        if highest_ms is None or lowest_ms is None:
            return None
        return OffsetEstimate((highest_ms + lowest_ms) / 2, max(0.0, highest_ms - lowest_ms) / 2)

    def _highest_ms(self, now_s: float) -> float | None:
        aged_ms = self._highest.value
        return None if aged_ms is None else aged_ms + MAX_DRIFT * now_s * 1000

    def _lowest_ms(self, now_s: float) -> float | None:
        aged_ms = self._lowest.value
        return None if aged_ms is None else -aged_ms - MAX_DRIFT * now_s * 1000
