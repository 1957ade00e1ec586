"""What waits to be sent to one learner of a live class."""

from __future__ import annotations

import pytest

from rtc_server.webrtc.live import viewer_queue
from rtc_server.webrtc.live.viewer_queue import SQUEEZED_TICKS, QueuedFrame, ViewerQueue
from tests.unit.rtc_server.webrtc.live.live_frames import frame


def drained(queue: ViewerQueue) -> list[QueuedFrame]:
    return list(iter(queue.pop, None))


def test_it_begins_with_a_key_frame() -> None:
    queue = ViewerQueue()
    for one in (frame(0), frame(1, key=True), frame(2)):
        queue.put(one)
    assert [(q.frame.ticks, q.ticks, q.on_time) for q in drained(queue)] == [
        (3000, 3000, True),
        (6000, 6000, True),
    ]
    assert queue.skipped == 1


def test_who_comes_late_gets_all_since_the_key_frame_at_the_present_time() -> None:
    queue = ViewerQueue()
    queue.join([frame(0, key=True), frame(1), frame(2)])
    queue.put(frame(3))
    sent = drained(queue)
    assert [q.frame.ticks for q in sent] == [0, 3000, 6000, 9000]
    newest = 6000
    assert [q.ticks for q in sent] == [
        newest - 2 * SQUEEZED_TICKS,
        newest - SQUEEZED_TICKS,
        newest,
        9000,
    ]
    assert [q.on_time for q in sent] == [False, False, False, True]


def test_who_joins_where_nothing_is_known_waits_for_a_key_frame() -> None:
    queue = ViewerQueue()
    queue.join([])
    queue.put(frame(5))
    assert not drained(queue)
    queue.put(frame(6, key=True))
    assert len(drained(queue)) == 1


@pytest.mark.parametrize(("limit", "value"), [("MAX_FRAMES", 3), ("MAX_BYTES", 350)])
def test_a_learner_who_does_not_get_frames_away_loses_all_up_to_the_next_key_frame(
    limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewer_queue, limit, value)
    queue = ViewerQueue()
    for k in range(6):
        queue.put(frame(k, key=k == 0))
    assert (len(queue), queue.cuts, queue.skipped) == (0, 1, 6)
    queue.put(frame(6, key=True))
    assert [q.frame.ticks for q in drained(queue)] == [18_000]


def test_a_key_frame_that_finds_the_queue_full_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_queue, "MAX_FRAMES", 3)
    queue = ViewerQueue()
    for k in range(4):
        queue.put(frame(k, key=k in (0, 3)))
    assert [q.frame.ticks for q in drained(queue)] == [9000]
    assert not queue.waits_for_key


def test_a_network_that_carries_no_more_gets_key_frames_only() -> None:
    queue = ViewerQueue()
    queue.keys_only = True
    for k in range(5):
        queue.put(frame(k, key=k in (0, 3)))
    assert [q.frame.ticks for q in drained(queue)] == [0, 9000]
    queue.keys_only = False
    queue.put(frame(5))  # frames since the last key frame are missing
    assert not drained(queue)
    queue.put(frame(6, key=True))
    assert len(drained(queue)) == 1
