"""Problems with where a learner stands: rendered people, seen by the real estimator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache

import av
import numpy as np
import pytest

from rtc_server.latest import Latest
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.pose_slot import PoseSlot
from rtc_server.pose.positioning import (
    HISTORY_SAMPLES,
    SAMPLES_TO_APPEAR,
    PositioningMonitor,
    Surroundings,
    find_problems,
)
from rtc_server.pose.scene import Image
from rtc_server.types import Pose
from rtc_server.webcam.webcam_frame import WebcamFrame
from tests.live_pose import CROP_SIDE, PRECISION
from tests.unit.rtc_server.dances import dance
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tf_pose.tracking.person_tracker import PersonTracker, TrackerSettings
from tools.dancer.body import body
from tools.dancer.camera import Camera
from tools.dancer.motion import standing
from tools.dancer.scene import Actor, Scene, camera_for

SIZE = (640, 480)
SAMPLES = 8  # of a standing image: the tracker settles after a second
LIGHT = Surroundings(light=200.0, others=0)


@cache
def estimator() -> TfPoseEstimator:
    graph = get_graph_path("mobilenet_thin")
    return TfPoseEstimator(graph, target_size=(368, 432), threads=1, precision=PRECISION)


@pytest.fixture
async def service() -> AsyncIterator[InferenceService]:
    service = InferenceService(Metrics(), workers=1)
    yield service
    service.close()


def standing_at(camera: Camera, *sides_m: float, person: str = "tall") -> Image:
    """An image of people who stand so many metres to their left of the camera's middle."""
    actors = [
        Actor(body(person if k == 0 else "stout"), lambda _: standing(), lambda _, x=x: (x, 0, 0))
        for k, x in enumerate(sides_m or (0.0,))
    ]
    return Scene(tuple(actors), camera).frame_at(0.0)


def whole_body_camera() -> Camera:
    return camera_for(body("tall"), SIZE)


def aimed_camera(up_m: float, zoom: float = 1.0) -> Camera:
    """A camera aimed so much higher; `zoom` over 1 is nearer."""
    camera = camera_for(body("tall"), SIZE, zoom)
    x, y, z = camera.aim_m
    return replace(camera, aim_m=(x, y + up_m, z))


def dimmed(image: Image, share: float) -> Image:
    """The image with that share of the light, and a sensor's noise."""
    noise = np.random.default_rng(0).normal(0, 5, image.shape)
    return np.clip(image * share + noise, 0, 255).astype(np.uint8)


async def reported_problems(
    service: InferenceService, image: Image, samples: int = SAMPLES, fps: float = 5
) -> list[str] | None:
    """The problems reported after some frames with this image, processed as a webcam's are."""
    tracker = PersonTracker(estimator(), TrackerSettings(crop_side=CROP_SIDE))
    slot = PoseSlot(service, tracker, draw=False)
    monitor, frames = PositioningMonitor(), Latest[WebcamFrame]()
    reported: list[str] | None = None
    for k in range(samples):
        posed = None
        while posed is None:  # a busy machine skips up to five frames in a row as too old
            frames.put(WebcamFrame(av.VideoFrame.from_ndarray(image, format="bgr24"), k, 0.0))
            posed = await slot.estimate_newest(
                frames, lambda frame: (frame.timestamp / fps, 0.0), observe_scene=True
            )
        assert posed.surroundings is not None
        reported = monitor.update(posed.pose, posed.surroundings)
    return reported


# Those at the borders are clear ones: nearer to whole, a coarse look finds ankles where none are.
CASES = {
    "right": (lambda: standing_at(whole_body_camera()), []),
    "nobody": (lambda: Scene((), whole_body_camera()).frame_at(0), ["nobody"]),
    "in the dark, unseen": (lambda: np.full((480, 640, 3), 6, np.uint8), ["nobody", "dark"]),
    "too near": (lambda: standing_at(aimed_camera(0.3, 2.6)), ["near"]),
    "legs cut off": (lambda: standing_at(aimed_camera(0.85)), ["feet"]),
    "no room over the head": (lambda: standing_at(aimed_camera(-0.75)), ["head"]),
    "too far": (lambda: standing_at(aimed_camera(0.0, 0.45)), ["far"]),
    "aside, to their left": (lambda: standing_at(whole_body_camera(), 1.15), ["aside_left"]),
    "aside, to their right": (lambda: standing_at(whole_body_camera(), -1.15), ["aside_right"]),
    "two people": (lambda: standing_at(whole_body_camera(), 0.2, -0.9), ["crowd"]),
    "hardly lit": (lambda: dimmed(standing_at(whole_body_camera()), 0.13), ["dark"]),
    "dim, and seen all the same": (lambda: dimmed(standing_at(whole_body_camera()), 0.3), []),
}


@pytest.mark.parametrize("case", CASES)
async def test_problems_of_a_rendered_frame_are_reported(
    service: InferenceService, case: str
) -> None:
    image, expected = CASES[case]
    assert await reported_problems(service, image()) == expected


@pytest.mark.parametrize("quarters", [1, 2, 3])
async def test_a_camera_that_is_turned_is_told_so(service: InferenceService, quarters: int) -> None:
    """The network sees nobody in such a picture, or too little of somebody."""
    image = np.ascontiguousarray(np.rot90(standing_at(whole_body_camera()), quarters))
    problems = await reported_problems(service, image, samples=12, fps=1)
    assert problems == ["upside_down"]


def whole_pose() -> Pose:
    return dance("sunrise", "tall").poses()[0]


def without(pose: Pose, *joints: int) -> Pose:
    xy, confidence = pose.xy.copy(), pose.confidence.copy()
    xy[list(joints)], confidence[list(joints)] = np.nan, 0
    return replace(pose, xy=xy, confidence=confidence)


def test_one_odd_sample_changes_nothing() -> None:
    monitor, whole_body_camera, cut = (
        PositioningMonitor(),
        whole_pose(),
        without(whole_pose(), 10, 13),
    )
    reported = [
        monitor.update(pose, LIGHT)
        for pose in [whole_body_camera] * 4 + [cut] + [whole_body_camera] * 3
    ]
    assert reported == [None] * (SAMPLES_TO_APPEAR - 1) + [[]] * 6
    reported = [
        monitor.update(pose, LIGHT)
        for pose in [cut] * HISTORY_SAMPLES + [whole_body_camera] + [cut] * 3
    ]
    assert reported[:SAMPLES_TO_APPEAR] == [[], [], ["feet"]] and all(
        s == ["feet"] for s in reported[SAMPLES_TO_APPEAR:]
    )


def test_a_solved_problem_disappears_within_a_second() -> None:
    monitor = PositioningMonitor()
    for _ in range(HISTORY_SAMPLES):
        monitor.update(without(whole_pose(), 10, 13), LIGHT)
    reported = [monitor.update(whole_pose(), LIGHT) for _ in range(5)]
    assert reported.index([]) <= 4


def test_after_a_dance_earlier_problems_are_forgotten() -> None:
    monitor, whole_body_camera = PositioningMonitor(), whole_pose()
    for _ in range(HISTORY_SAMPLES):
        monitor.update(whole_body_camera, LIGHT)
    gone = Pose.nobody(whole_body_camera.captured_s + 60)
    assert [monitor.update(gone, LIGHT) for _ in range(SAMPLES_TO_APPEAR)] == [None] * (
        SAMPLES_TO_APPEAR - 1
    ) + [["nobody"]]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [((4,), {"hands"}), ((10,), set()), ((0, 14, 15, 10, 13), {"near"}), ((1,), {"nobody"})],
)
def test_missing_joints_are_problems(missing: tuple[int, ...], expected: set[str]) -> None:
    assert find_problems(without(whole_pose(), *missing), LIGHT) == expected


def test_hips_over_the_neck_are_a_camera_upside_down() -> None:
    pose = whole_pose()
    assert find_problems(replace(pose, xy=1 - pose.xy), LIGHT) == {"upside_down"}


def test_problems_come_in_order_of_importance() -> None:
    monitor, pose = PositioningMonitor(), without(whole_pose(), 10, 13, 4)
    for _ in range(HISTORY_SAMPLES):
        reported = monitor.update(pose, Surroundings(light=10.0, others=1))
    assert reported == ["crowd", "feet", "dark", "hands"]
