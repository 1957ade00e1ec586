"""What is kept for who comes late."""

from __future__ import annotations

import pytest

from rtc_server.webrtc.live import gop_cache
from rtc_server.webrtc.live.gop_cache import GopCache
from tests.unit.rtc_server.webrtc.live.live_frames import frame


def test_it_holds_everything_since_the_last_key_frame() -> None:
    cache = GopCache()
    frames = [frame(0, key=True), frame(1), frame(2, key=True), frame(3)]
    for one in frames:
        cache.add(one)
    assert list(cache.frames) == frames[2:]
    assert cache.is_burst


def test_without_a_key_frame_nothing_is_kept() -> None:
    cache = GopCache()
    cache.add(frame(1))
    assert not cache.frames
    assert not cache.is_burst


@pytest.mark.parametrize(("size", "count"), [(1, 91), (60_000, 10)])
def test_what_is_too_much_to_send_at_once_is_kept_all_the_same(size: int, count: int) -> None:
    cache = GopCache()
    for k in range(count):
        cache.add(frame(k, key=k == 0, size=size))
    assert len(cache.frames) == count
    assert not cache.is_burst


def test_what_is_too_much_to_keep_is_given_up_until_the_next_key_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gop_cache, "MAX_BYTES", 350)
    cache = GopCache()
    for k in range(5):
        cache.add(frame(k, key=k == 0))
    assert (len(cache.frames), cache.overflows) == (0, 1)
    cache.add(frame(5, key=True))
    assert len(cache.frames) == 1
