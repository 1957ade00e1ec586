"""Whether a phone's pictures come, and how many."""

from __future__ import annotations

import pytest

from rtc_server.session.cameras.picture_watch import PICTURE_S, PictureWatch


def watch_at(fps: float, seconds: float = 6.0) -> tuple[PictureWatch, float]:
    """A phone with so many frames a second, looked at twice a second, and the time."""
    watch = PictureWatch(0.0)
    for look in range(round(seconds * 2) + 1):
        watch.update(frames=int(look / 2 * fps), packets=look, now_s=look / 2)
    return watch, seconds


@pytest.mark.parametrize(("fps", "is_slow"), [(30, False), (10, False), (5, True), (2, True)])
def test_few_pictures_are_slow(fps: float, is_slow: bool) -> None:
    watch, now_s = watch_at(fps)
    assert watch.has_picture(now_s)
    assert watch.fps == pytest.approx(fps, abs=0.5)
    assert watch.is_slow is is_slow


def test_a_picture_that_stops_is_none_though_packets_come() -> None:
    watch, now_s = watch_at(15)
    stopped = watch.fps
    assert stopped is not None
    watch.update(frames=90, packets=100, now_s=now_s + 1)
    assert watch.has_picture(now_s + 1)
    watch.update(frames=90, packets=200, now_s=now_s + PICTURE_S)
    assert not watch.has_picture(now_s + PICTURE_S)
    assert watch.silent_s(now_s + PICTURE_S) == 0


def test_a_phone_that_never_sent_a_picture_has_none_and_no_rate() -> None:
    watch = PictureWatch(0.0)
    for second in range(10):
        watch.update(0, second, second)
    assert not watch.has_picture(9) and watch.fps is None and not watch.is_slow


def test_silence_is_counted_from_the_last_packet() -> None:
    watch = PictureWatch(0.0)
    watch.update(1, 5, 1.0)
    watch.update(1, 5, 4.5)
    assert watch.silent_s(4.5) == 3.5


def test_a_rate_that_wanders_around_the_least_is_told_once() -> None:
    watch, now_s, frames, told = PictureWatch(0.0), 0.0, 0, []
    for fps in (20, 6, 8, 6, 8, 20):
        for _ in range(8):
            now_s, frames = now_s + 0.5, frames + fps // 2
            watch.update(frames, frames, now_s)
        told.append(watch.is_slow)
    assert told == [False, True, True, True, True, False]
