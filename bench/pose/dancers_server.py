"""Measures what two dancers score through a whole server, beside what each of them scores alone.

    python bench/pose/dancers_server.py --prepare   # films and lessons, once; kept in .cache
    python bench/pose/dancers_server.py [--pairs crossing-0 sports2d]

It starts a server and follows a lesson with headless learners over WebRTC: each of two alone, then
both in one picture with `dancers=2`. Their camera shows at each moment what a rendered dancer does
at the lesson position on the screen (bench/pose/dancer_scenes.py); in `sports2d` the lesson is the
man of Sports2D's filmed clip while he jumps with his arms up, forwards and backwards by turns, and
the dancers are he and, beside him, he in a bluer light.

score     alone -> beside the other, and the difference
kept      of the moments after a crossing, in how many both dancers have their number
poses/s   of the slowest of the three sessions; a row with fewer than 4.5 is void: a busy machine
          looked too seldom to say what the dancers score

It ends with 1 if a dancer's scores differ by more than 5 points or a number was lost, with 2 if
nothing else is wrong but a row is void.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import av
import numpy as np
from numpy.typing import NDArray

from bench.pose.dancer_scenes import DancerScene, make_scenes
from bench.pose.dancers import NEAR_TORSOS, load_frames
from bench.server_process import serving
from rtc_server.authoring.build import DEMO_VIDEO, make_lesson
from rtc_server.authoring.build_request import BuildRequest, Part
from rtc_server.authoring.people.tracker import load_pose_network
from rtc_server.client.cameras import CameraTrack, EchoCameraTrack
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.sync.playout import DELAY_S
from tests.made import demo_lessons
from tests.media import sports2d_demo
from tf_pose.pose_geometry import pose_distance_torsos
from tools.build_cache import build_once, cached_path, sources_of
from tools.dancer.scene import Scene
from tools.dancer.video_files import write

CLIP, DANCE = "sports2d", "sunrise"
JUMPS_S, MAN = 3.2, (slice(0, 440), slice(260, 860))  # of that clip: until when, and where he is
DANCE_S = 12.0  # two crossings, and as many seconds as `mirror` needs at least
FILM_FPS = 10.0  # as often as a headless learner's camera sends a picture
SCREEN_HEIGHT = 480
MOST_POINTS, FEWEST_POSES = 5.0, 4.5
Image = NDArray[np.uint8]
Film = Callable[[float, Image], Image]  # what a camera sees, by lesson position and the screen


@dataclass(frozen=True, slots=True)
class Pair:
    """Two dancers of a lesson: each alone, both in one picture, and where they truly are."""

    name: str
    lesson: str
    alone: tuple[Film, Film]
    together: Film
    made: DancerScene | None = None  # of rendered dancers


class FilmingCamera(EchoCameraTrack):
    """Sees what the film says at the lesson position that the screen shows."""

    def __init__(self, now: Callable[[], float], film: Film) -> None:
        super().__init__(now, 0.0)
        self._film = film
        self._played_from_s: float | None = None

    def on_state(self, state: Mapping[str, Any]) -> None:
        """The lesson is here by now; the screen shows it as much later as it waits for packets."""
        if state["state"] == "playing":
            self._played_from_s = self._now() + DELAY_S - state["lesson_s"]

    def film(self, frame: av.VideoFrame) -> None:
        now_s = self._now()
        if now_s < self._next_s:
            return
        lesson_s = 0.0 if self._played_from_s is None else max(0.0, now_s - self._played_from_s)
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
            self._filming.on_state(state)


def list_pairs() -> dict[str, Callable[[], Pair]]:
    """All pairs by name; one is rendered, or read from the cache, when it is asked for."""
    crossings = [s for s in make_scenes() if (s.name, s.clothes) == ("crossing", "different")]
    return {
        CLIP: _pair_of_clips,
        **{f"crossing-{k}": partial(_pair_of, k, s) for k, s in enumerate(crossings)},
    }


def _pair_of_clips() -> Pair:
    alone: tuple[Film, Film] = (lambda _, image: image), (lambda _, image: recolour(image))
    return Pair(CLIP, CLIP, alone, lambda _, image: np.concatenate([image, recolour(image)], 1))


def _pair_of(number: int, made: DancerScene) -> Pair:
    made = replace(
        made,
        scene=replace(made.scene, fps=FILM_FPS, duration_s=DANCE_S),
        apart_s=tuple(at_s for at_s in made.apart_s if at_s < DANCE_S),
    )
    alone = show(made.alone(0)), show(made.alone(1))
    return Pair(f"crossing-{number}", DANCE, alone, show(made.scene), made)


def show(scene: Scene) -> Film:
    frames = load_frames(scene)
    return lambda lesson_s, _: frames[min(len(frames) - 1, round(lesson_s * FILM_FPS))]


def recolour(image: Image) -> Image:
    """The same in a bluer light.

    Not bluer than that: with a blue of 1.3 and a red of 0.7 left and right are confused now and
    then, and what one dancer scores alone is anything from 39 to 61.
    """
    return np.clip(image * np.array([1.15, 1.0, 0.85]), 0, 255).astype(np.uint8)


def make_lessons() -> Path:
    """A store with the demo, which every server has, its beginning, and Sports2D's clip."""
    films = [DEMO_VIDEO, sports2d_demo(), Path(__file__)]
    path = cached_path("lessons/dancers", [*films, *sources_of("rtc_server.authoring.build")])
    return build_once(path, _make_lessons)


def _make_lessons(folder: Path) -> None:
    shutil.copytree(demo_lessons(), folder)
    network = load_pose_network()
    beginning = Part(0.0, DANCE_S)
    make_lesson(BuildRequest(DEMO_VIDEO, folder, DANCE, "Sunrise", part=beginning), network)
    film = folder / "sports2d.mp4"
    write(film, *film_jumps())
    make_lesson(BuildRequest(film, folder, CLIP, "Sports2D"), network)
    film.unlink()


def film_jumps() -> tuple[list[Image], float]:
    """The man who jumps, (H, W, 3) BGR, as long as the dance at least; and how many a second.

    The clip itself is too short to be judged, and somebody else walks through its second half.
    """
    with av.open(str(sports2d_demo())) as clip:
        stream = clip.streams.video[0]
        frames = (f for f in clip.decode(stream) if (f.time or 0.0) < JUMPS_S)
        seen = [f.to_ndarray(format="bgr24")[MAN] for f in frames]
    fps = float(stream.average_rate or FILM_FPS)
    there_and_back = seen[:-1] + seen[:0:-1]
    return there_and_back * math.ceil(DANCE_S * fps / len(there_and_back)), fps


def follow(url: str, lesson: str, film: Film, dancers: int | None) -> Outcome:
    """Take part in a lesson from its beginning to its end."""
    options = LearnerOptions(url, lesson, "instructor", mirror="off", dancers=dancers)

    async def take_part() -> Outcome:
        return await FilmedLearner(options, film).follow()

    return asyncio.run(take_part())


def measure(url: str, pair: Pair) -> int:
    """Print one row; 0 if it is as it should be, 1 if not, 2 if it says nothing."""
    alone = [follow(url, pair.lesson, film, None) for film in pair.alone]
    both = follow(url, pair.lesson, pair.together, 2)
    if not all(each.summary for each in (*alone, both)):
        print(f"{pair.name:12} void: a session ended without a summary", flush=True)
        return 2
    one = [each.summary["score"] for each in alone if each.summary]
    two = [each["score"] for each in (both.summary or {})["dancers"]]
    cells = [f"{a:5.1f} -> {b:5.1f} ({b - a:+5.1f})" for a, b in zip(one, two, strict=True)]
    kept = [] if pair.made is None else check_numbers(pair.made, both)
    poses = min(count_poses(each) for each in (*alone, both))
    is_void = poses < FEWEST_POSES
    is_wrong = max(abs(b - a) for a, b in zip(one, two, strict=True)) > MOST_POINTS
    print(
        f"{pair.name:12} {'   '.join(cells)}   kept {sum(kept)} of {len(kept)}   "
        f"{poses:.2f} poses/s{'   void: looked too seldom' if is_void else ''}",
        flush=True,
    )
    return 2 if is_void else int(is_wrong or not all(kept))


def count_poses(outcome: Outcome) -> float:
    """How many samples were judged in a second of the lesson."""
    at_s = {score["lesson_s"] for score in outcome.scores if is_judged(score)}
    return 0.0 if len(at_s) < 2 else (len(at_s) - 1) / (max(at_s) - min(at_s))


def is_judged(score: Mapping[str, Any]) -> bool:
    """Whether a sample is of the playing lesson, which begins at 0."""
    return float(score["lesson_s"]) > 0


def check_numbers(made: DancerScene, outcome: Outcome) -> list[bool]:
    """Whether each number is its dancer's at the moments when that is to be seen."""
    return [all(is_here(made, outcome, k, at_s) for k in range(2)) for at_s in made.apart_s]


def is_here(made: DancerScene, outcome: Outcome, number: int, at_s: float) -> bool:
    """Whether the pose of this number is nearest to its dancer at a lesson position."""
    samples = [s for s in outcome.scores if is_judged(s) and s["dancer"] == number]
    if not samples:
        return False
    sample = min(samples, key=lambda s: abs(s["lesson_s"] - at_s))
    frame = min(len(made.scene.times_s) - 1, round(sample["lesson_s"] * FILM_FPS))
    size = np.array(made.scene.camera.size)
    pose = np.array([joint[:2] for joint in sample["pose"]], np.float64) * size
    truths = [made.scene.truth(k)[frame] for k in range(2)]
    distances = [pose_distance_torsos([truth], pose) for truth in truths]
    return int(np.argmin(distances)) == number and min(distances) < NEAR_TORSOS


def main() -> int:
    args = _parse()
    pairs = [list_pairs()[name]() for name in args.pairs]
    lessons = make_lessons()
    if args.prepare:
        return 0
    with serving("--max-sessions", "4", "--lessons", str(lessons)) as (_, url):
        results = [measure(url, pair) for pair in pairs]
    return 1 if 1 in results else max(results)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    default = [CLIP, "crossing-0", "crossing-1"]
    parser.add_argument("--pairs", nargs="+", default=default, choices=list(list_pairs()))
    parser.add_argument("--prepare", action="store_true", help="make films and lessons only")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
