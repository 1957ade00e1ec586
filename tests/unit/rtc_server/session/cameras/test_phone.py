"""How a phone is, by what came from it; nothing is connected, and the test owns the time."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.session.cameras.phone import FIRST_PICTURE_S, GIVE_UP_S, Phone
from rtc_server.session.cameras.picture_watch import PICTURE_S, SILENCE_S

CHECK_S = 0.5


class Line:
    """A phone's connection, of which packets and pictures come as the test says."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.frames = SimpleNamespace(received=0)
        is_open = SimpleNamespace(is_set=lambda: True)
        self.peer: Any = SimpleNamespace(channels_open=is_open, packets_received=0, refused=0)
        self.uplink: Any = SimpleNamespace(frames=self.frames, problem="")

    def run(self, phone: Phone, seconds: float, fps: float = 0.0, packets: bool = True) -> str:
        """What is said of the phone after so long."""
        before = self.frames.received
        for check in range(1, round(seconds / CHECK_S) + 1):
            self.now_s += CHECK_S
            self.frames.received = before + math.ceil(check * CHECK_S * fps)
            self.peer.packets_received += packets
            phone.check()
        return phone.state


@pytest.fixture
async def line() -> Line:
    return Line()


@pytest.fixture
async def phone(line: Line) -> Phone:
    return Phone("id", line, lambda: line.now_s)  # type: ignore[arg-type]


async def test_a_phone_joins_until_its_camera_has_begun(line: Line, phone: Phone) -> None:
    assert line.run(phone, FIRST_PICTURE_S / 2) == "joining"
    assert line.run(phone, CHECK_S, fps=30) == "connected"


async def test_one_that_never_sends_a_picture_is_told_apart(line: Line, phone: Phone) -> None:
    assert line.run(phone, FIRST_PICTURE_S + CHECK_S) == "no_picture"
    phone.problem = "interrupted"
    assert phone.state == "interrupted"


@pytest.mark.parametrize(
    ("fps", "state"), [(30.0, "connected"), (10.0, "connected"), (5.0, "slow"), (1.0, "slow")]
)
async def test_pictures_that_are_too_few_are_slow(
    line: Line, phone: Phone, fps: float, state: str
) -> None:
    assert line.run(phone, 10, fps=fps) == state


async def test_why_pictures_stop_is_what_the_phone_says(line: Line, phone: Phone) -> None:
    line.run(phone, 5, fps=30)
    phone.problem = "hidden"
    assert phone.state == "connected"  # as long as they come
    assert line.run(phone, PICTURE_S) == "hidden"
    phone.problem = None
    assert phone.state == "no_picture"
    assert line.run(phone, CHECK_S, fps=30) == "connected"


async def test_pictures_that_cannot_be_used_are_refused(line: Line, phone: Phone) -> None:
    line.uplink.problem = "expected at most 1920×1920 pixels, got 3840×2160"
    assert line.run(phone, CHECK_S) == "refused"


async def test_a_phone_without_battery_or_network_is_silent_and_then_gone(
    line: Line, phone: Phone
) -> None:
    line.run(phone, 5, fps=30)
    phone.problem = "hidden"
    assert line.run(phone, SILENCE_S, packets=False) == "silent"
    assert not phone.ended.done()
    line.run(phone, GIVE_UP_S, packets=False)
    assert phone.ended.result() == "vanished"


async def test_one_that_is_heard_again_in_time_stays(line: Line, phone: Phone) -> None:
    line.run(phone, 5, fps=30)
    assert line.run(phone, GIVE_UP_S / 2, packets=False) == "silent"
    assert line.run(phone, 2, fps=30) == "connected"
    assert not phone.ended.done()
