"""Compares scores of a live class with those of the same dance as a recorded lesson.

    python bench/live_score.py [--learners same late other] [--json OUT]

The demo's film is what the lesson's instructor and the live class's teacher dance. Each learner
follows both, one after the other, through a whole server over WebRTC with the live pose network:
`same` is another body that dances along, `late` the same 300 ms later, `other` dances something
else. A learner's camera shows at each moment what they do at the position that their screen shows,
so that neither way is kinder to them. A lesson's frames tell their position by their times; those
of the live teacher carry a number (webrtc/position_strip.py).

It prints the score of both summaries and their difference, the median of the scores that were shown
while the dance went on, and how late the learner was told to be: in the summary, and meanwhile. How
late a learner is counts from the one of `same`, who is late by what camera and screen take.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import av  # noqa: E402 - as all below needs the path above
import numpy as np  # noqa: E402
from aiortc import MediaStreamTrack  # noqa: E402
from aiortc.mediastreams import MediaStreamError  # noqa: E402

from bench.load import print_rows  # noqa: E402
from bench.machine import describe_load, describe_processor  # noqa: E402
from bench.pose.dancers import load_frames  # noqa: E402
from bench.server_process import serving  # noqa: E402
from bench.webrtc.position_strip import Image, read_strip, write_strip  # noqa: E402
from rtc_server.authoring.build import DEMO_VIDEO  # noqa: E402
from rtc_server.client.cameras import VIDEO_HZ, CameraTrack, EchoCameraTrack  # noqa: E402
from rtc_server.client.classes.requests import ask  # noqa: E402
from rtc_server.client.classes.teacher import ClassTeacher  # noqa: E402
from rtc_server.client.learner import Learner  # noqa: E402
from rtc_server.client.options import LearnerOptions  # noqa: E402
from rtc_server.client.outcome import Outcome  # noqa: E402
from rtc_server.lessons.store import DEMO_ID  # noqa: E402
from tools.dancer import scene  # noqa: E402

FILM_FPS = 30
LEARNER_FPS, LEARNER_SIZE = 20.0, (270, 360)
LEARNERS = {"same": ("sunrise", 0.0), "late": ("sunrise", 0.3), "other": ("harbour", 0.0)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--learners", nargs="+", choices=LEARNERS, default=list(LEARNERS))
    add("--lessons", type=Path, default=ROOT / "lessons", help="where the demo lesson is")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    args = parser.parse_args()
    print(f"{describe_processor()}; load before: {describe_load()}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(args.lessons / DEMO_ID, Path(folder) / DEMO_ID)
        frames, rows = mark_film(), []
        with serving("--max-sessions", "4", "--lessons", folder) as (_, url):
            for name in args.learners:
                rows.append(asyncio.run(compare(url, name, frames)))
                print(f"{name}: {rows[-1]}", file=sys.stderr, flush=True)
    print(f"load after: {describe_load()}")
    print_rows(rows)
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def mark_film() -> list[Image]:
    """The demo's frames, FILM_FPS a second, each with its number."""
    frames: list[Image] = []
    with av.open(str(DEMO_VIDEO)) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) * FILM_FPS >= len(frames) - 0.5:
                frames.append(write_strip(pixels_of(frame, "bgr24"), len(frames)))
    return frames


def pixels_of(frame: av.VideoFrame, form: str) -> Image:
    return np.asarray(frame.to_ndarray(format=form), np.uint8)


class Follower(EchoCameraTrack):
    """Shows a dancer at the moment that the screen shows, so much later."""

    def __init__(self, options: Any, dancer: str, lag_s: float, *, is_live: bool) -> None:
        super().__init__(options, lag_s)
        stage = scene.render(dancer, "tall", size=LEARNER_SIZE, fps=LEARNER_FPS)
        self.is_playing = False
        self._frames = load_frames(stage)
        self._is_live = is_live
        self._began_pts: int | None = None  # of the lesson's first frame

    def film(self, frame: av.VideoFrame) -> None:
        if self.is_playing and self._began_pts is None:
            self._began_pts = frame.pts or 0
        if self._now() < self._next_s or (shown_s := self._position_s(frame)) is None:
            return
        row = min(round(shown_s * LEARNER_FPS), len(self._frames) - 1)
        super().film(av.VideoFrame.from_ndarray(self._frames[row], "bgr24"))

    def _position_s(self, frame: av.VideoFrame) -> float | None:
        if self._is_live:
            number = read_strip(pixels_of(frame, "gray"))
            return None if number is None else number / FILM_FPS
        return 0.0 if self._began_pts is None else ((frame.pts or 0) - self._began_pts) / VIDEO_HZ


class FollowingLearner(Learner):
    """Follows with that camera."""

    def __init__(self, options: LearnerOptions, dancer: str, lag_s: float) -> None:
        super().__init__(options)
        is_live = options.class_code is not None
        self._follower = Follower(self._now, dancer, lag_s, is_live=is_live)

    def _open_camera(self) -> CameraTrack:
        return self._follower

    def _show_state(self, state: Mapping[str, Any]) -> None:
        super()._show_state(state)
        self._follower.is_playing = state["state"] == "playing"


class HeldFilm(MediaStreamTrack):
    """A teacher's camera: it stands at the film's first frame until the class begins."""

    kind = "video"

    def __init__(self, frames: list[Image]) -> None:
        super().__init__()
        self._frames = frames
        self._now = asyncio.get_running_loop().time
        self._opened_s = self._now()
        self._sent = 0
        self._began: int | None = None  # how many frames had been sent when it began
        self._ended = asyncio.Event()

    def begin(self) -> None:
        """The class plays."""
        if self._began is None:
            self._began = self._sent

    def tracks(self) -> list[MediaStreamTrack]:
        return [self]

    async def wait_for_end(self) -> None:
        await self._ended.wait()

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(max(0.0, self._opened_s + self._sent / FILM_FPS - self._now()))
        row = 0 if self._began is None else self._sent - self._began
        if row >= len(self._frames):
            self._ended.set()
            raise MediaStreamError
        frame = av.VideoFrame.from_ndarray(self._frames[row], "bgr24").reformat(format="yuv420p")
        frame.pts, frame.time_base = self._sent, Fraction(1, FILM_FPS)
        self._sent += 1
        return frame


class FilmTeacher(ClassTeacher):
    """Begins to dance when the class begins."""

    def __init__(self, options: LearnerOptions, film: HeldFilm) -> None:
        super().__init__(options, film=film)  # type: ignore[arg-type]  # a film of its own kind
        self._held = film

    def _show_state(self, state: Mapping[str, Any]) -> None:
        super()._show_state(state)
        if state["state"] == "playing":
            self._held.begin()


async def compare(url: str, name: str, frames: list[Image]) -> dict[str, Any]:
    """One learner's figures, of the lesson and of the class."""
    dancer, lag_s = LEARNERS[name]
    learner = FollowingLearner(LearnerOptions(url, DEMO_ID, "", mirror="off"), dancer, lag_s)
    lesson = await learner.follow()
    live = await follow_live(url, dancer, lag_s, frames)
    row: dict[str, Any] = {"learner": name}
    for kind, outcome in (("lesson", lesson), ("live", live)):
        if outcome.summary is None:
            raise SystemExit(f"{name}, {kind}: expected a summary, it ended: {outcome.reason}")
        shown = [score for score in outcome.scores if score["score"] is not None]
        lags_ms = [score["lag_ms"] for score in shown if score["lag_ms"] is not None]
        row |= {
            f"{kind} score": outcome.summary["score"],
            f"{kind} shown p50": statistics.median(score["score"] for score in shown),
            f"{kind} lag ms": outcome.summary["lag_ms"],
            f"{kind} shown lag ms p50": statistics.median(lags_ms) if lags_ms else None,
            f"{kind} samples, missed": (outcome.summary["samples"], outcome.summary["dropped"]),
        }
    return row | {"difference": round(row["live score"] - row["lesson score"], 1)}


async def follow_live(url: str, dancer: str, lag_s: float, frames: list[Image]) -> Outcome:
    """What a learner hears of a live class that is held for them."""
    opened = await ask("POST", url, "/api/classes", body={"live": True, "title": "Live"})
    code = opened["code"]
    teaching = LearnerOptions(url, "", "", token=opened["token"], class_code=code)
    joining = LearnerOptions(url, "", "", mirror="off", learner="Ann", class_code=code)
    teacher = FilmTeacher(teaching, HeldFilm(frames))
    learner = FollowingLearner(joining, dancer, lag_s)
    _, outcome = await asyncio.gather(teacher.follow(), learner.follow())
    return outcome


if __name__ == "__main__":
    main()
