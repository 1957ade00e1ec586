"""What lesson to make of which video: one value for `lesson add`, an upload's worker, and `build`.

It imports no media library, so that the server can pass it to a worker without loading one.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from rtc_server.errors import BadPart

POSE_FPS = 5.0  # the default
SHORTEST_S = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Part:
    """The stretch of a video that becomes the lesson: from `from_s` until before `to_s`.

    `to_s` None is the video's end.
    """

    from_s: float = 0.0
    to_s: float | None = None

    def __post_init__(self) -> None:
        """
        :raises BadPart: the times are not a stretch of at least half a second.
        """
        end_s = math.inf if self.to_s is None else self.to_s
        if not 0 <= self.from_s < math.inf or math.isnan(end_s):
            raise BadPart(f"expected a part from 0 s or later on, got {self.from_s} to {end_s} s")
        if end_s - self.from_s < SHORTEST_S:
            raise BadPart(
                f"expected a part of at least {float(SHORTEST_S)} s, "
                f"got {self.from_s:g} to {end_s:g} s"
            )

    @classmethod
    def between(cls, from_s: float | None, to_s: float | None) -> Part | None:
        """The part between two times, either of which may be None; None if it is the whole video.

        :raises BadPart: the times are not a stretch of at least half a second.
        """
        return cls(from_s or 0.0, to_s) if from_s or to_s is not None else None

    def within(self, duration_s: float) -> tuple[Fraction, Fraction]:
        """Where the part begins and ends in a video of that length, in s.

        A part that reaches beyond the video's end ends there.

        :raises BadPart: less than half a second of it is in the video.
        """
        begin, end = Fraction(str(self.from_s)), Fraction(duration_s)
        if self.to_s is not None:
            end = min(end, Fraction(str(self.to_s)))
        if end - begin < SHORTEST_S:
            raise BadPart(
                f"expected a part of the video's {duration_s:.2f} s, "
                f"at least {float(SHORTEST_S)} s long, got one from {self.from_s:g} s on"
            )
        return begin, end


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """One lesson to make: of which video, for which store, and how."""

    video: Path
    lessons: Path  # the folder of the lesson store
    id: str
    title: str
    part: Part | None = None  # None: the whole video
    pose_fps: float = POSE_FPS
    engine: str = "auto"  # that estimates the poses
    workers: int = 1  # sections of the video whose poses are estimated at the same time
    replace: bool = False  # a lesson of the same id
    move_video: bool = False  # into the lesson, instead of copying it
    max_duration_s: float | None = None  # of the lesson
    video_name: str | None = None  # for error sentences, if its path says nothing to the user

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> BuildRequest:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        fields["video"], fields["lessons"] = Path(fields["video"]), Path(fields["lessons"])
        if fields["part"] is not None:
            fields["part"] = Part(**fields["part"])
        return cls(**fields)
