"""When a picture is turned and looked at again; what is seen in it is made up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rtc_server.pose.turned_picture import ABSENT_S, LOOK_INTERVAL_S, QUARTERS, TurnedPicture
from tests.unit.rtc_server.dances import dance
from tf_pose.human import Human
from tf_pose.tracking.detection import Detection, Image

LIT = np.full((60, 80, 3), 90, np.uint8)
LIT[0] = 200  # so that it is known which way up a picture is
UNLIT = np.zeros((60, 80, 3), np.uint8)
STEP_S = 0.5
ALL_LOOKS_S = ABSENT_S + len(QUARTERS) * LOOK_INTERVAL_S


def lying() -> Human:
    """Whom the network finds in a picture that lies on its side."""
    upright = dance("sunrise", "tall").poses()[0]
    xy = np.stack([upright.xy[:, 1] * 0.75, 0.5 + (upright.xy[:, 0] - 0.5) * 4 / 3], axis=1)
    return Human.from_arrays(xy, upright.confidence)


def dancer(head_up: bool = True, joints: int = 18) -> Human:
    """Somebody of whom the first `joints` joints are seen."""
    pose = dance("sunrise", "tall").poses()[0]
    xy = pose.xy.copy() if head_up else 1 - pose.xy
    xy[joints:] = np.nan
    return Human.from_arrays(xy, np.where(np.isfinite(xy[:, 0]), pose.confidence, 0))


class Room:
    """A camera before a room; somebody is found once its picture is turned so far."""

    def __init__(self, found_at: int | None, found: Human | None = None) -> None:
        self.found_at, self._found = found_at, found or dancer()
        self.looks: list[float] = []
        self.now_s = 0.0
        self._picture = TurnedPicture(self)

    def detect_everybody(self, image: Image) -> list[Detection]:
        self.looks.append(self.now_s)
        is_right = self.found_at is not None and np.array_equal(np.rot90(LIT, self.found_at), image)
        return [Detection(self._found, image)] if is_right else []

    def film(self, seconds: float, seen: Human | None = None, image: Image = LIT) -> bool:
        """What is said after so many seconds."""
        is_turned = False
        for _ in range(math.ceil(seconds / STEP_S)):
            is_turned = self._picture.update(image, [seen], self.now_s)
            self.now_s += STEP_S
        return is_turned


@pytest.mark.parametrize("quarters", QUARTERS)
def test_somebody_in_a_turned_picture_is_found_soon(quarters: int) -> None:
    assert Room(found_at=quarters).film(ALL_LOOKS_S)


def test_somebody_who_lies_is_no_reason_not_to_look() -> None:
    assert Room(found_at=1).film(ALL_LOOKS_S, seen=lying())


def test_nothing_is_turned_before_somebody_is_missed_for_a_while() -> None:
    room = Room(found_at=2)
    assert not room.film(ABSENT_S)
    assert room.looks == []


def test_looks_are_few_and_go_on() -> None:
    room = Room(found_at=None)
    assert not room.film(60)
    assert min(np.diff(room.looks)) >= LOOK_INTERVAL_S
    assert room.looks[-1] > 55


def test_what_was_found_is_said_until_somebody_is_seen_as_they_should_be() -> None:
    room = Room(found_at=3)
    room.film(ALL_LOOKS_S)
    assert room.film(10) and room.film(10, seen=dancer(joints=4))
    assert not room.film(STEP_S, seen=dancer())
    assert not room.film(ABSENT_S)


@pytest.mark.parametrize("found", [dancer(head_up=False), dancer(joints=5)])
def test_what_is_no_standing_person_does_not_count(found: Human) -> None:
    assert not Room(found_at=2, found=found).film(60)


def test_the_dark_is_not_searched() -> None:
    room = Room(found_at=None)
    assert not room.film(60, image=UNLIT)
    assert room.looks == []


def test_a_camera_that_is_turned_back_is_right_at_the_next_look() -> None:
    """Also where nobody is in its picture any more."""
    room = Room(found_at=2)
    assert room.film(ALL_LOOKS_S)
    room.found_at = None
    assert not room.film(LOOK_INTERVAL_S + STEP_S)
