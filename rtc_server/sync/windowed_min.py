"""The minimum of the values of the last seconds. Pure."""

from __future__ import annotations

from collections import deque


class WindowedMin:
    """The least value that was added in the last `window_s` seconds."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._rising: deque[tuple[float, float]] = deque()  # (time in s, value), both rising

    def add(self, now_s: float, value: float) -> None:
        while self._rising and self._rising[-1][1] >= value:
            self._rising.pop()
        self._rising.append((now_s, value))
        while self._rising[0][0] < now_s - self._window_s:
            self._rising.popleft()

    @property
    def value(self) -> float | None:
        """The minimum; None before the first value."""
        return self._rising[0][1] if self._rising else None
