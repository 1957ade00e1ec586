"""When a webcam frame was captured, from its RTP timestamp. Pure.

RTP time is mapped to the client's clock by its *origin*, the time at which RTP time was 0. There
are two ways to know it:

By arrivals: packets of the webcam and messages that carry the client's clock take the same path to
the server. On the client's clock the least delay of that path cancels out, so the round trip need
not be known, and need not be symmetric. What remains is the least time that the sender needs to
encode and send a frame.

By sender reports (sender_reports.py), which contain no network delay.
"""

from __future__ import annotations

from typing import Literal

from rtc_server.sync.clock_offset import ClockOffset
from rtc_server.sync.sender_reports import SenderReports
from rtc_server.sync.windowed_min import WindowedMin

USE_SENDER_REPORTS = True  # False uses arrivals only, so that both can be measured
RTP_WRAP = 1 << 32
RTP_PER_MS = 90
# Keep the arrivals of frames and of messages for so long, the same for both, so that a queue in the
# network affects both. Long enough for each to have a packet that was not delayed; not longer,
# because browsers shift the RTP time now and then.
ARRIVALS_S = 4.0
JUMP_MS = 5000.0  # an arrival that is farther off than this shows that the RTP time was reset
# How much later a capture may be by arrivals than by reports. It is later because encoding and
# sending take time, and earlier if pings were delayed more than frames. Beyond these limits the
# reports count as wrong: browsers have three ways to get them wrong (docs/sync.md).
EARLIEST_MS, LATEST_MS = -10.0, 15.0

Source = Literal["reports", "arrivals", "client"]


class TimestampUnwrapper:
    """32-bit RTP timestamps at 90 kHz as milliseconds that go on past the wrap."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._unwrapped = 0

    def unwrap_ms(self, rtp: int) -> float:
        """The time of a timestamp that has just come."""
        self._unwrapped += 0 if self._last is None else signed_difference(self._last, rtp)
        self._last = rtp
        return self._unwrapped / RTP_PER_MS

    def peek_ms(self, rtp: int) -> float | None:
        """The time of any timestamp near the last that came; None before the first."""
        if self._last is None:
            return None
        return (self._unwrapped + signed_difference(self._last, rtp)) / RTP_PER_MS


class CaptureClock:
    """Maps RTP timestamps to capture times: by reports where they can be trusted, else by arrivals.

    Arrivals are in s on the server's clock; `client_ms` and `captured_ms` are on the client's.
    """

    def __init__(self, use_sender_reports: bool = USE_SENDER_REPORTS) -> None:
        self._use_sender_reports = use_sender_reports
        self._timestamps = TimestampUnwrapper()
        self._min_frame_transit_ms = WindowedMin(ARRIVALS_S)  # arrival − RTP time
        self._min_message_transit_ms = WindowedMin(ARRIVALS_S)  # arrival − client's clock
        self._sender_reports = SenderReports()
        self._now_s = 0.0  # when the last packet came
        self.offset = ClockOffset()  # of the client's clock
        self.rtt_ms: float | None = None
        self.camera_latency_ms = 0.0  # from the light to the RTP timestamp, if a check measured it

    def on_media_packet(self, rtp: int, arrival_s: float) -> None:
        """A packet of the webcam came; `rtp` is its 32-bit timestamp at 90 kHz."""
        transit_ms = arrival_s * 1000 - self._timestamps.unwrap_ms(rtp)
        least_ms = self._min_frame_transit_ms.value
        if least_ms is not None and abs(transit_ms - least_ms) > JUMP_MS:
            # Until the reports follow, they contradict the arrivals and are not trusted.
            self._min_frame_transit_ms = WindowedMin(ARRIVALS_S)
        self._min_frame_transit_ms.add(arrival_s, transit_ms)
        self._now_s = arrival_s

    def on_client_time(self, client_ms: float, arrival_s: float) -> None:
        """A message came, sent at `client_ms` of the client's clock."""
        self._min_message_transit_ms.add(arrival_s, arrival_s * 1000 - client_ms)
        self.offset.on_sent_by_device(client_ms, arrival_s)

    def on_ping(
        self, t0_ms: float, arrival_s: float, rtt_ms: float | None, wall_ms: float | None = None
    ) -> None:
        """A `ping` came, sent at `t0_ms` of the client's clock and `wall_ms` of its wall clock."""
        self.on_client_time(t0_ms, arrival_s)
        if rtt_ms is not None:
            self.rtt_ms = rtt_ms
        if wall_ms is not None:
            self._sender_reports.set_wall_clock(t0_ms, wall_ms)

    def on_pong_received(self, sent_ms: float, client_ms: float, now_s: float) -> None:
        """The client says that a `pong`, sent at `sent_ms` of our clock, came at `client_ms`."""
        self.offset.on_received_by_device(sent_ms / 1000, client_ms, now_s)

    def on_sender_report(self, ntp: int, rtp: int, arrival_s: float) -> None:
        """A sender report of the webcam came."""
        if (rtp_ms := self._timestamps.peek_ms(rtp)) is not None:
            self._sender_reports.add(ntp, rtp_ms, arrival_s)

    @property
    def error_ms(self) -> float:
        """By how much capture times may be off because they come from another device's clock."""
        return 0.0

    @property
    def source(self) -> Source | None:
        """How capture times are known now; None if they are not."""
        if self._origin_by_reports_ms() is not None:
            return "reports"
        return None if self._min_frame_transit_ms.value is None else "arrivals"

    def captured_ms(self, timestamp: float) -> float | None:
        """The time of capture on the client's clock.

        :param timestamp: of the frame, as its sender wrote it.
        """
        rtp_ms = self._timestamps.peek_ms(int(timestamp))
        origin_ms = self._origin_by_reports_ms()
        if origin_ms is None:
            origin_ms = self._origin_by_arrivals_ms()
        return None if rtp_ms is None or origin_ms is None else rtp_ms + origin_ms

    def moved_ms(self, timestamp: float) -> float | None:
        """When the learner did what the frame shows, on the client's clock: before its capture."""
        captured_ms = self.captured_ms(timestamp)
        return None if captured_ms is None else captured_ms - self.camera_latency_ms

    def captured_s(self, timestamp: float) -> float | None:
        """The time of capture on the server's clock, less half the round trip if that is known."""
        captured_ms = self.captured_ms(timestamp)
        rtp_ms = self._timestamps.peek_ms(int(timestamp))
        message_ms, frame_ms = self._min_message_transit_ms.value, self._min_frame_transit_ms.value
        if captured_ms is not None and message_ms is not None:
            arrived_ms = captured_ms + message_ms
        elif rtp_ms is not None and frame_ms is not None:
            arrived_ms = rtp_ms + frame_ms
        else:
            return None
        return (arrived_ms - (self.rtt_ms or 0.0) / 2) / 1000

    def _origin_by_arrivals_ms(self) -> float | None:
        frame_ms, message_ms = self._min_frame_transit_ms.value, self._min_message_transit_ms.value
        return None if frame_ms is None or message_ms is None else frame_ms - message_ms

    def _origin_by_reports_ms(self) -> float | None:
        """Reports that contradict the arrivals are not trusted."""
        by_arrivals_ms = self._origin_by_arrivals_ms()
        by_reports_ms = self._sender_reports.origin_ms(self._now_s)
        if not self._use_sender_reports or by_arrivals_ms is None or by_reports_ms is None:
            return None
        trusted = EARLIEST_MS <= by_arrivals_ms - by_reports_ms <= LATEST_MS
        return by_reports_ms if trusted else None


class ReportedCaptureClock(CaptureClock):
    """Capture times of frames whose timestamp is the time of capture on the client's clock."""

    @property
    def source(self) -> Source | None:
        return "client"

    def captured_ms(self, timestamp: float) -> float | None:
        return timestamp


def signed_difference(last: int, rtp: int) -> int:
    """From one timestamp to another, the shorter way around the wrap."""
    return (rtp - last + RTP_WRAP // 2) % RTP_WRAP - RTP_WRAP // 2
