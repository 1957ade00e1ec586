"""When a camera's frame was captured, on the clock of another device: the screen's. Pure.

With one device, the way up is in the frame's arrival and in the message's, and cancels. With two,
each clock is brought onto the server's (`clock_offset`), so round trips enter: `error_ms` bounds
what they can do.
"""

from __future__ import annotations

from rtc_server.sync.capture_clock import USE_SENDER_REPORTS, CaptureClock
from rtc_server.sync.clock_offset import ClockOffset


class PairedCaptureClock(CaptureClock):
    """Takes what the camera's device sends; `captured_ms` is on the screen's clock."""

    def __init__(self, screen: ClockOffset, use_sender_reports: bool = USE_SENDER_REPORTS) -> None:
        """:param screen: of the screen's clock, from the messages of its own connection."""
        super().__init__(use_sender_reports)
        self._screen = screen

    @property
    def error_ms(self) -> float:
        camera, screen = self.offset.estimate, self._screen.estimate
        return camera.error_ms + screen.error_ms if camera and screen else 0.0

    def captured_ms(self, timestamp: float) -> float | None:
        """The time of capture on the screen's clock; None until both clocks are known."""
        captured_s, screen = self.captured_s(timestamp), self._screen.estimate
        if captured_s is None or screen is None:
            return None
        return captured_s * 1000 - screen.offset_ms

    def captured_s(self, timestamp: float) -> float | None:
        """The time of capture on the server's clock; None until the camera's is known."""
        camera_ms, camera = super().captured_ms(timestamp), self.offset.estimate
        if camera_ms is None or camera is None:
            return None
        return (camera_ms + camera.offset_ms) / 1000
