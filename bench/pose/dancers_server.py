"""Measures what two dancers score through a whole server, beside what each of them scores alone.

    python bench/pose/dancers_server.py [--scenes crossing --clothes different] [--most 2]
    python bench/pose/dancers_server.py --sports2d

It starts a server and follows a lesson with headless learners over WebRTC: each of two alone, then
both in one picture with `dancers=2`. Their camera shows at each moment what a rendered dancer does
at the lesson position on the screen (bench/pose/dancer_scenes.py); with --sports2d the lesson is
Sports2D's filmed clip, and the dancers are the clip and, beside it, the clip in other colours.
Samples that a busy machine misses are counted in the last column.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import av
import numpy as np
from numpy.typing import NDArray

from bench.pose.dancer_scenes import FPS, make_scenes
from bench.pose.dancers import load_frames
from bench.server_process import ROOT, serving
from rtc_server.client import cameras
from rtc_server.client.cameras import CameraTrack, EchoCameraTrack
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from tests.media import sports2d_demo
from tools.dancer.scene import Scene

CLIP, SCREEN_HEIGHT = "sports2d", 480
# Larger than a headless learner's usual picture: two are to be as large as one is in it.
cameras.MAX_WIDTH, cameras.MAX_HEIGHT = 1280, 480
Image = NDArray[np.uint8]
Film = Callable[[float, Image], Image]  # what a camera sees, by lesson position and the screen


class FilmingCamera(EchoCameraTrack):
    """Sees what the film says at the lesson position that the screen shows."""

    def __init__(self, now: Callable[[], float], film: Film) -> None:
        super().__init__(now, 0.0)
        self.is_playing = False
        self._film = film
        self._began_pts: int | None = None

    def film(self, frame: av.VideoFrame) -> None:
        if self.is_playing and self._began_pts is None:
            self._began_pts = frame.pts or 0
        began_pts = frame.pts or 0 if self._began_pts is None else self._began_pts
        if self._now() < self._next_s:
            return
        lesson_s = ((frame.pts or 0) - began_pts) / cameras.VIDEO_HZ
        scale = min(1.0, SCREEN_HEIGHT / frame.height)
        size = {"width": round(frame.width * scale), "height": round(frame.height * scale)}
        image = self._film(lesson_s, frame.reformat(**size, format="bgr24").to_ndarray())
        super().film(av.VideoFrame.from_ndarray(np.ascontiguousarray(image), "bgr24"))


class FilmedLearner(Learner):
    """Follows a lesson with that camera."""

    def __init__(self, options: LearnerOptions, film: Film) -> None:
        super().__init__(options)
        self._film = film
        self._filming: FilmingCamera | None = None

    def _open_camera(self) -> CameraTrack:
        self._filming = FilmingCamera(self._now, self._film)
        return self._filming

    def _show_state(self, state: Mapping[str, Any]) -> None:
        super()._show_state(state)
        if self._filming is not None:
            self._filming.is_playing = state["state"] == "playing"


def show(scene: Scene) -> Film:
    frames = load_frames(scene)
    return lambda lesson_s, _: frames[min(len(frames) - 1, max(0, int(lesson_s * FPS)))]


def recolour(image: Image) -> Image:
    return image[..., ::-1]


def put_beside(image: Image) -> Image:
    return np.concatenate([image, recolour(image)], axis=1)


def follow(url: str, lesson: str, film: Film, dancers: int | None) -> list[Mapping[str, Any]]:
    """The summaries of all dancers."""
    options = LearnerOptions(url, lesson, "instructor", mirror="off", dancers=dancers)

    async def take_part() -> Outcome:
        return await FilmedLearner(options, film).follow()

    outcome = asyncio.run(take_part())
    if outcome.summary is None:
        raise SystemExit(f"expected a summary, the session ended: {outcome.reason}")
    summary: Mapping[str, Any] = outcome.summary
    return summary.get("dancers") or [summary]


def measure(name: str, url: str, lesson: str, alone: list[Film], together: Film) -> list[float]:
    """Print one row; how much more each gets beside the other."""
    single = [follow(url, lesson, film, None)[0] for film in alone]
    both = follow(url, lesson, together, 2)
    cells = [f"{a['score']:5.1f} -> {b['score']:5.1f}" for a, b in zip(single, both, strict=True)]
    missed = sum(each["dropped"] for each in (*single, *both[:1]))
    print(f"{name:34} {'   '.join(cells)}   missed {missed}", flush=True)
    return [b["score"] - a["score"] for a, b in zip(single, both, strict=True)]


def main() -> None:
    args = _parse()
    gaps: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        shutil.copytree(args.lessons / "demo", store / "demo")
        if args.sports2d:
            add = ["lesson", "add", str(sports2d_demo()), "--id", CLIP, "--lessons", folder]
            subprocess.run([sys.executable, "run.py", *add], cwd=ROOT, check=True)
        with serving("--max-sessions", "4", "--lessons", folder) as (_, url):
            if args.sports2d:
                films: list[Film] = [lambda _, image: image, lambda _, image: recolour(image)]
                gaps += measure(CLIP, url, CLIP, films, lambda _, image: put_beside(image))
            for made in list(_choose_scenes(args)):
                films = [show(made.alone(actor)) for actor in range(2)]
                gaps += measure(
                    f"{made.name}, {made.clothes} clothes", url, "demo", films, show(made.scene)
                )
    print(f"beside another less alone: {min(gaps):+.1f} to {max(gaps):+.1f}")


def _choose_scenes(args: argparse.Namespace) -> list[Any]:
    if args.sports2d:
        return []
    fits = (
        s for s in make_scenes() if s.clothes == args.clothes and s.name.startswith(args.scenes)
    )
    return list(fits)[: args.most]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--clothes", default="different")
    parser.add_argument("--scenes", default="crossing", help="those whose name begins so")
    parser.add_argument("--most", type=int, default=2, help="how many scenes")
    parser.add_argument("--sports2d", action="store_true")
    parser.add_argument("--lessons", type=Path, default=ROOT / "lessons")
    return parser.parse_args()


if __name__ == "__main__":
    main()
