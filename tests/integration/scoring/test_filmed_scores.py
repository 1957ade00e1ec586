"""What every score must hold (docs/scoring.md), filmed: rendered, compressed and estimated.

What needs exact joints or hundreds of attempts: tests/unit/rtc_server/scoring/test_must_hold.py.
Learners are looked at as live, more coarsely than the lesson.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from rtc_server.authoring.build import make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.people.parallel_search import search_in_threads
from rtc_server.authoring.people.tracker import Image, load_pose_network
from rtc_server.client.comparison import compare
from rtc_server.lessons.store import Lesson, LessonStore
from rtc_server.scoring.attempt import Mirror
from rtc_server.scoring.summary import Summary
from tests import quick_looks
from tools.build_cache import build_once, cached_path, sources_of
from tools.dancer import perturbations
from tools.dancer.motion import Motion
from tools.dancer.scene import Scene, render, with_bystander
from tools.dancer.video_files import write

FPS, FROM_S, SECONDS = 5.0, 8.0, 6.0
SIZE = (240, 320)


Light = Callable[[Image], Image]


def film(name: str, scene: Scene, light: Light | None = None) -> Path:
    """Six seconds of a scene, rendered once.

    :param name: another one for each scene and light.
    """
    modules = ("tools.dancer.scene", "tools.dancer.perturbations", "tools.dancer.video_files")
    path = cached_path(f"films/scored-{name}.mp4", [Path(__file__), *sources_of(*modules)])

    def render_film(unfinished: Path) -> None:
        times_s = FROM_S + np.arange(round(FPS * SECONDS)) / FPS
        pictures = (scene.frame_at(float(t_s)) for t_s in times_s)
        write(unfinished, (light(p) if light else p for p in pictures), FPS)

    return build_once(path, render_film)


def danced(
    dance: str = "sunrise",
    body: str = "tall",
    change: Callable[[Motion], Motion] = lambda motion: motion,
) -> Scene:
    return render(dance, body, change=change, size=SIZE, fps=FPS)


def dim(picture: Image) -> Image:
    """A room in the evening: a third of the light, and what a sensor makes of that."""
    noise = np.random.default_rng(int(picture.sum()) % 1000).normal(0, 6, picture.shape)
    return np.clip(picture * 0.33 + noise, 0, 255).astype(np.uint8)


def yellow_and_blurred(picture: Image) -> Image:
    """A lamp's light, through a lens that is out of focus."""
    lit = picture * np.array([0.6, 0.9, 1.1])
    return np.clip(cv2.GaussianBlur(lit, (0, 0), 1.5), 0, 255).astype(np.uint8)


def grey(picture: Image) -> Image:
    """A camera that sees no colours."""
    return np.asarray(
        cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8
    )


def from_above(scene: Scene) -> Scene:
    return replace(scene, camera=replace(scene.camera, pitch_deg=20.0))


def scored(
    lesson: Lesson,
    name: str,
    scene: Scene,
    light: Light | None = None,
    mirror: Mirror = "auto",
) -> Summary:
    """Who is in the scene, scored against the lesson."""
    search = search_in_threads(quick_looks.open_tracker, 1)
    return compare(film(name, scene, light), lesson, mirror, search).summary


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    instructor = film("lesson", danced(body="instructor"))
    modules = ("rtc_server.authoring.build", "rtc_server.authoring.people.tracker")
    sources = [Path(__file__), instructor, *sources_of(*modules)]

    def make_filmed(folder: Path) -> None:
        folder.mkdir()
        request = BuildRequest(instructor, folder, "filmed", "Filmed", pose_fps=FPS)
        make_lesson(request, load_pose_network())

    store = build_once(cached_path("lessons/filmed", sources), make_filmed)
    return LessonStore(store).get("filmed")


@pytest.mark.parametrize(
    ("body", "light", "camera"),
    [("child", grey, None), ("stout", dim, None), ("short", yellow_and_blurred, from_above)],
    ids=["a child, grey", "dim", "blurred, from above"],
)
def test_whoever_dances_it_gets_a_or_better_in_any_clothes_and_light(
    lesson: Lesson,
    body: str,
    light: Light,
    camera: Callable[[Scene], Scene] | None,
) -> None:
    scene = danced(body=body)
    summary = scored(lesson, body, camera(scene) if camera else scene, light)
    assert summary.score >= 75 and summary.mirror == "off"


def test_11_whoever_walks_past_changes_nothing(lesson: Lesson) -> None:
    """The same person alone gets 99."""
    assert scored(lesson, "walker", with_bystander(danced(), enters_s=FROM_S + 1)).score >= 95


def test_8_another_dance_gets_nothing(lesson: Lesson) -> None:
    assert scored(lesson, "harbour", danced("harbour")).score < 33


def test_8_standing_still_gets_nothing(lesson: Lesson) -> None:
    still = scored(lesson, "still", danced(change=perturbations.stands_still))
    assert still.score < 20 and still.findings[0].kind == "stood_still"


def test_8_an_empty_room_gets_nothing_and_no_grade(lesson: Lesson) -> None:
    summary = scored(lesson, "empty", replace(danced(), actors=()))
    assert (summary.score, summary.grade, summary.verdict) == (0.0, None, "nobody was in view")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (perturbations.arms_swapped, "wrong_arms"),
        (perturbations.legs_still, "legs_still"),
        (partial(perturbations.scaled, amplitude=0.5), "half_hearted"),
        (partial(perturbations.delayed, delay_s=0.4), "late"),
    ],
)
def test_the_first_line_names_what_went_wrong(
    lesson: Lesson, change: Callable[[Motion], Motion], kind: str
) -> None:
    summary = scored(lesson, kind, danced(change=change), mirror="off")
    assert summary.findings[0].kind == kind
    if kind == "late":
        assert summary.lag_ms == pytest.approx(400, abs=100)
