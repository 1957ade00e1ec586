"""Which camera counts, and when the lesson waits for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.latest import Latest
from rtc_server.session.cameras.camera_switch import CameraSwitch
from rtc_server.session.playback import Playback
from rtc_server.sync.capture_clock import CaptureClock
from rtc_server.sync.player import Player


def uplink(has_camera: bool = True) -> Any:
    return SimpleNamespace(
        has_camera=has_camera,
        frames=Latest(),
        capture_clock=CaptureClock(),
        problem="",
        frames_skipped=0,
        update_metrics=lambda _: False,
        statistics=dict,
    )


def phone(has_picture: bool = True) -> Any:
    return SimpleNamespace(has_picture=has_picture, uplink=uplink(), fps=None)


def test_the_own_camera_counts_until_a_phone_is_wanted() -> None:
    switch = CameraSwitch(uplink())
    switch.phone = phone()
    assert switch.source == "own" and switch.capture_clock is switch.own.capture_clock
    switch.use = "phone"
    assert switch.source == "phone" and switch.frames is switch.phone.uplink.frames


def test_a_screen_without_a_camera_waits_for_a_phone() -> None:
    switch = CameraSwitch(uplink(has_camera=False))
    assert switch.source == "none" and not switch.has_camera
    switch.phone = phone()
    assert switch.source == "phone" and switch.has_camera


@pytest.mark.parametrize("gone", [None, phone(has_picture=False)])
def test_a_phone_that_counts_is_not_replaced_by_itself(gone: Any) -> None:
    switch = CameraSwitch(uplink())
    switch.use, switch.phone = "phone", gone
    assert not switch.has_camera
    switch.use = "own"
    assert switch.has_camera


class Lesson:
    """A playback and what it says."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str | None]] = []
        self.player = Player(30.0, lambda: 0.0)
        peer: Any = SimpleNamespace(
            send_control=lambda m: self.said.append((m["state"], m.get("reason")))
        )
        playhead: Any = SimpleNamespace(end_run=lambda *_, **__: None)
        self.playback = Playback(self.player, playhead, 0, peer)

    def play(self) -> None:
        self.player.play()
        self.playback.state = "playing"


async def test_a_lesson_waits_for_all_that_is_missing() -> None:
    lesson = Lesson()
    lesson.play()
    lesson.playback.wait_for("camera", 3.0)
    lesson.playback.wait_for("connection", 9.0)
    assert lesson.player.position_s == 3.0
    lesson.playback.stop_waiting("camera")
    lesson.playback.stop_waiting("connection")
    assert lesson.said == [
        ("paused", "camera"),
        ("paused", "connection"),
        ("paused", "connection"),
        ("playing", None),
    ]


async def test_a_lesson_that_the_learner_has_paused_does_not_go_on_by_itself() -> None:
    lesson = Lesson()
    lesson.playback.state = "paused"
    lesson.playback.wait_for("camera", 3.0)
    lesson.playback.stop_waiting("camera")
    assert lesson.said == [] and lesson.playback.state == "paused"
