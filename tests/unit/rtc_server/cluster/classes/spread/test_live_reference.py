"""The poses of a live teacher come to other hosts, and judge learners there alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from rtc_server.cluster.classes.spread import guest_host
from rtc_server.cluster.classes.spread.guest_host import GuestHost
from rtc_server.cluster.classes.spread.pulled_teacher import PulledTeacher
from rtc_server.metrics import Metrics
from rtc_server.scoring.growing.reference import GrowingReference
from rtc_server.types import KEYPOINTS, Pose
from rtc_server.webrtc.udp.aiortc_gatherer import SessionSockets


def pose(t_s: float, random: np.random.Generator) -> Pose:
    xy = random.random((KEYPOINTS, 2), np.float32)
    return Pose(t_s, xy, np.ones(KEYPOINTS, np.float32), 16 / 9)


async def no_media(_: str) -> str:
    raise NotImplementedError


def grow(count: int, reference: GrowingReference, random: np.random.Generator) -> None:
    for _ in range(count):
        reference.add(pose(reference.end_s + 0.2, random))


async def test_the_reference_on_another_host_is_bit_for_bit_the_same(monkeypatch: Any) -> None:
    monkeypatch.setattr(guest_host, "MAX_POSES", 30)
    random = np.random.default_rng(3)
    home = GrowingReference()
    teacher = PulledTeacher(no_media, SessionSockets(), Metrics())
    host = GuestHost("w2", None, home, 0.0)
    confirmed = 0

    async def carry() -> None:
        nonlocal confirmed
        while len(teacher.reference) < len(home):
            host.on_turn()
            news = await host.wait_for_news(confirmed)
            assert len(news.poses) <= 30
            confirmed = news.number
            teacher.take_poses(news.poses, news.pose_count)

    grow(70, home, random)
    await carry()
    home.add(pose(home.end_s + 1.7, random))  # a gap, which is filled with nobody
    grow(20, home, random)
    await carry()
    assert len(teacher.reference) == len(home) > 90
    mine, theirs = teacher.reference.measure(), home.measure()
    for name in ("angles_deg", "weight", "chance", "balance"):
        assert np.array_equal(getattr(mine, name), getattr(theirs, name), equal_nan=True)
    assert np.array_equal(mine.track.xy, theirs.track.xy, equal_nan=True)
    assert np.array_equal(mine.track.t_s, theirs.track.t_s)


async def test_nothing_is_told_of_a_reference_that_does_not_grow() -> None:
    home = GrowingReference()
    host = GuestHost("w2", None, home, 0.0)
    host.on_turn()
    host.on_news()
    news = await host.wait_for_news(0)
    assert (news.number, news.poses, news.pose_count) == (0, (), 0)
