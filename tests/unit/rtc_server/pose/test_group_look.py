"""What each of two dancers is told of where they stand: with more people, fewer, and none."""

from __future__ import annotations

from typing import Any

import numpy as np

from rtc_server.pose.looks import GroupLook
from rtc_server.pose.positioning import PositioningMonitor
from tests.unit.tf_pose.fake_estimator import BLUE, RED, FakeEstimator, image_with_clothes, person
from tf_pose.tracking.group_tracker import GroupTracker

FPS, SAMPLES = 5, 25
LEFT, RIGHT, BETWEEN = (person(160, 8), RED), (person(480, 8), BLUE), (person(320, 7), RED)


class UprightEstimator(FakeEstimator):
    """Finds nobody in a picture that is turned, as the network."""

    upright: Any = None

    def inference(self, npimg: Any, **about: Any) -> Any:
        return super().inference(npimg, **about) if np.array_equal(npimg, self.upright) else []


def framing(*people: tuple[Any, Any], quarters: int = 0) -> list[set[str]]:
    """What both are told after some seconds of such a picture, before the lesson begins.

    :param quarters: how far the camera is turned.
    """
    script = UprightEstimator()
    look = GroupLook(GroupTracker(script, 2))
    monitors = [PositioningMonitor(), PositioningMonitor()]
    told: list[set[str]] = []
    script.upright = image_with_clothes(*people)
    image = np.ascontiguousarray(np.rot90(script.upright, quarters))
    script.people = [human for human, _ in people]
    for k in range(SAMPLES):
        seen = look.see(image, k / FPS, observe_scene=True, keep_numbers=False)
        told = [
            set(monitor.update(dancer.pose, dancer.surroundings) or ())
            for monitor, dancer in zip(monitors, seen, strict=True)
            if dancer.surroundings is not None
        ]
    return told


def test_as_many_people_as_dancers_are_no_crowd() -> None:
    for told in framing(LEFT, RIGHT):
        assert not told & {"crowd", "nobody"}


def test_somebody_as_large_who_is_no_dancer_is_a_crowd_for_both() -> None:
    assert all("crowd" in told for told in framing(LEFT, BETWEEN, RIGHT))


def test_somebody_small_behind_them_is_none() -> None:
    behind = (person(320, 3), RED)
    assert not any("crowd" in told for told in framing(LEFT, behind, RIGHT))


def test_a_dancer_who_is_missing_is_told_so_and_the_other_is_not() -> None:
    first, second = framing(LEFT)
    assert "nobody" not in first and "nobody" in second


def test_in_an_empty_room_both_are_told() -> None:
    assert all("nobody" in told for told in framing())


def test_a_phone_that_stands_on_its_head_is_told_to_both() -> None:
    assert all("upside_down" in told for told in framing(LEFT, RIGHT, quarters=2))


def test_the_sides_of_the_picture_are_theirs() -> None:
    """One learner there would be asked to come to the middle."""
    assert not any(told & {"aside_left", "aside_right"} for told in framing(LEFT, RIGHT))
