"""A film whose frames say which they are, so that one can tell where in it everybody is.

Each encoded frame ends with a number of its own. A VP8 decoder does not read that far (RFC 6386,
9.5: the last partition takes what is left), and a server that passes payloads on passes it on, too.
"""

from __future__ import annotations

import struct
import time
from bisect import bisect_right
from typing import Any

from bench.webrtc.packet_crowd import FilmCamera

MARK = b"\x00TDM"
NUMBER = struct.Struct("!4sI")
MOMENT_S = 0.05  # between two looks at where everybody is


class NumberedCamera(FilmCamera):
    """Sends a film, and remembers when it sent each frame."""

    def __init__(self, *options: Any) -> None:
        super().__init__(*options)
        self.sent_s: list[float] = []

    def _mark(self, frame: bytes, number: int) -> bytes:
        self.sent_s.append(time.monotonic())
        return frame + NUMBER.pack(MARK, number)


def read_number(payload: bytes) -> int | None:
    """Which frame a packet is the last of; None where that cannot be read."""
    if len(payload) < NUMBER.size:
        return None
    mark, number = NUMBER.unpack(payload[-NUMBER.size :])
    return int(number) if mark == MARK else None


class Arrivals:
    """When each of the teacher's frames came to each learner, all on one clock."""

    def __init__(self, learners: int) -> None:
        self._of_learner: list[dict[int, float]] = [{} for _ in range(learners)]
        self.unreadable = 0

    def add(self, learner: int, payload: bytes, now_s: float) -> None:
        """The last packet of a frame came, perhaps once more."""
        if (number := read_number(payload)) is None:
            self.unreadable += 1
        else:
            self._of_learner[learner].setdefault(number, now_s)

    def ways_ms(self, sent_s: list[float], from_s: float, to_s: float) -> list[float]:
        """From the teacher's camera to each learner, of frames sent in that time; rising."""
        return sorted(
            1000 * (came_s - sent_s[number])
            for arrivals in self._of_learner
            for number, came_s in arrivals.items()
            if from_s <= sent_s[number] <= to_s
        )

    def same_frame_apart_ms(self, sent_s: list[float], from_s: float, to_s: float) -> list[float]:
        """Between the first and the last learner, of frames that came to all of them; rising."""
        to_all = set(self._of_learner[0]).intersection(*self._of_learner)
        rows = (
            [arrivals[number] for arrivals in self._of_learner]
            for number in to_all
            if from_s <= sent_s[number] <= to_s
        )
        return sorted(1000 * (max(row) - min(row)) for row in rows)

    def positions_apart_ms(self, sent_s: list[float], from_s: float, to_s: float) -> list[float]:
        """Between who is furthest in the film and who is hindmost, at moments in that time; rising.

        Where somebody is: when the newest frame that they have was sent.
        """
        columns = [
            sorted((came_s, number) for number, came_s in arrivals.items())
            for arrivals in self._of_learner
        ]
        apart = []
        for moment in range(round((to_s - from_s) / MOMENT_S)):
            places = [newest_before(column, from_s + moment * MOMENT_S) for column in columns]
            known = [sent_s[place] for place in places if place is not None]
            if len(known) == len(columns):
                apart.append(1000 * (max(known) - min(known)))
        return sorted(apart)


def newest_before(arrivals: list[tuple[float, int]], at_s: float) -> int | None:
    """The last frame that had come by then, of rising arrivals."""
    row = bisect_right(arrivals, at_s, key=lambda arrival: arrival[0])
    return arrivals[row - 1][1] if row else None
