"""What every score must hold (docs/scoring.md), filmed: rendered, compressed and estimated.

What needs exact joints or hundreds of attempts: tests/unit/rtc_server/scoring/test_must_hold.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
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
from rtc_server.lessons.store import Lesson
from rtc_server.scoring.attempt import Mirror
from rtc_server.scoring.summary import Summary
from tools.dancer import perturbations
from tools.dancer.motion import Motion
from tools.dancer.scene import Scene, render, with_bystander
from tools.dancer.video_files import write

FPS, FROM_S, SECONDS = 5.0, 8.0, 6.0
SIZE = (240, 320)


def filmed(path: Path, scene: Scene, light: Callable[[Image], Image] | None = None) -> Path:
    """Six seconds of a scene."""
    times_s = FROM_S + np.arange(round(FPS * SECONDS)) / FPS
    pictures = (scene.frame_at(float(t_s)) for t_s in times_s)
    write(path, (light(p) if light else p for p in pictures), FPS)
    return path


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


@dataclass(frozen=True, slots=True)
class Room:
    """A lesson, and who is scored against it; a tracker follows one person through one video."""

    lesson: Lesson
    folder: Path

    def scored(
        self,
        scene: Scene,
        light: Callable[[Image], Image] | None = None,
        mirror: Mirror = "auto",
    ) -> Summary:
        video = filmed(self.folder / "learner.mp4", scene, light)
        return compare(
            video, self.lesson, mirror, search_in_threads(load_pose_network(), 1)
        ).summary


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    folder = tmp_path_factory.mktemp("filmed")
    film = filmed(folder / "lesson.mp4", danced(body="instructor"))
    store = tmp_path_factory.mktemp("lessons")
    request = BuildRequest(film, store, "filmed", "Filmed", pose_fps=FPS)
    return Room(make_lesson(request, load_pose_network()), folder)


@pytest.mark.parametrize(
    ("body", "light", "camera"),
    [("child", grey, None), ("stout", dim, None), ("short", yellow_and_blurred, from_above)],
    ids=["a child, grey", "dim", "blurred, from above"],
)
def test_whoever_dances_it_gets_a_or_better_in_any_clothes_and_light(
    room: Room,
    body: str,
    light: Callable[[Image], Image],
    camera: Callable[[Scene], Scene] | None,
) -> None:
    scene = danced(body=body)
    summary = room.scored(camera(scene) if camera else scene, light)
    assert summary.score >= 75 and summary.mirror == "off"


def test_11_whoever_walks_past_changes_nothing(room: Room) -> None:
    """The same person alone gets 99."""
    assert room.scored(with_bystander(danced(), enters_s=FROM_S + 1)).score >= 95


def test_8_another_dance_gets_nothing(room: Room) -> None:
    assert room.scored(danced("harbour")).score < 33


def test_8_standing_still_gets_nothing(room: Room) -> None:
    still = room.scored(danced(change=perturbations.stands_still))
    assert still.score < 20 and still.findings[0].kind == "stood_still"


def test_8_an_empty_room_gets_nothing_and_no_grade(room: Room) -> None:
    summary = room.scored(replace(danced(), actors=()))
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
    room: Room, change: Callable[[Motion], Motion], kind: str
) -> None:
    summary = room.scored(danced(change=change), mirror="off")
    assert summary.findings[0].kind == kind
    if kind == "late":
        assert summary.lag_ms == pytest.approx(400, abs=100)
