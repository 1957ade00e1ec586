"""RTP time that is passed on: even as its sender wrote it, and on the server's clock."""

from __future__ import annotations

import itertools

from rtc_server.sync.media_timeline import JUMP_S, MediaTimeline

HZ = 90_000
STEP = 3000  # of RTP time between frames, at 30 a second


def placed(jitter_s: list[float], first_rtp: int = 5) -> list[int]:
    timeline = MediaTimeline(HZ)
    return [
        timeline.place((first_rtp + k * STEP) % (1 << 32), 100 + k / 30 + late_s)
        for k, late_s in enumerate(jitter_s)
    ]


def test_frames_are_as_far_apart_as_their_sender_says_whatever_the_network_does() -> None:
    ticks = placed([0.0, 0.2, 0.01, 0.15, 0.0])
    assert [b - a for a, b in itertools.pairwise(ticks)] == [STEP] * 4


def test_the_first_frame_is_placed_when_it_comes() -> None:
    assert placed([0.0])[0] == 100 * HZ


def test_a_slow_first_frame_is_made_good_by_the_next_ones() -> None:
    ticks = placed([0.5, 0.2, 0.0, 0.0])
    assert ticks[-1] == round((100 + 3 / 30) * HZ)


def test_after_the_beginning_early_frames_change_nothing() -> None:
    ticks = placed([0.1] * 90 + [0.0])
    assert ticks[-1] - ticks[-2] == STEP


def test_time_goes_on_past_the_wrap() -> None:
    ticks = placed([0.0] * 4, first_rtp=(1 << 32) - STEP)
    assert [b - a for a, b in itertools.pairwise(ticks)] == [STEP] * 3


def test_a_clock_that_jumps_begins_anew_at_the_arrival() -> None:
    timeline = MediaTimeline(HZ)
    timeline.place(0, 100.0)
    for jumped, rtp in ((101.0, 50 * HZ), (102.0, 7)):
        assert timeline.place(rtp, jumped) == jumped * HZ
    assert timeline.jumps == 2


def test_a_pause_of_sender_and_network_alike_is_no_jump() -> None:
    timeline = MediaTimeline(HZ)
    timeline.place(0, 100.0)
    assert timeline.place(20 * HZ, 120.0) == 120 * HZ
    assert timeline.jumps == 0


def test_a_sender_that_is_held_up_and_catches_up_has_not_jumped() -> None:
    ticks = placed([0.0] * 60 + [2.0 - k / 30 for k in range(60)] + [0.0] * 30)
    assert {b - a for a, b in itertools.pairwise(ticks)} == {STEP}


def test_a_clock_that_stood_still_begins_anew_after_a_while() -> None:
    timeline = MediaTimeline(HZ)
    for k in range(300):
        stood_s = 5.0 if k >= 60 else 0.0
        ticks = timeline.place(k * STEP, 100 + k / 30 + stood_s)
    assert timeline.jumps == 1
    assert ticks == round((100 + 299 / 30 + 5.0) * HZ)


def test_a_timestamp_a_little_before_the_last_is_told_from_a_jump_back() -> None:
    timeline = MediaTimeline(HZ)
    assert not timeline.is_before_last(0)
    timeline.place(5 * HZ, 100.0)
    assert timeline.is_before_last(5 * HZ - STEP)
    assert not timeline.is_before_last(5 * HZ)
    assert not timeline.is_before_last(5 * HZ - int(JUMP_S * HZ))


def test_a_frame_can_be_looked_up_and_moves_nothing() -> None:
    timeline = MediaTimeline(HZ)
    assert timeline.find(0) is None
    ticks = timeline.place(0, 100.0)
    assert timeline.find(STEP) == ticks + STEP
    assert timeline.find(-STEP % (1 << 32)) == ticks - STEP
