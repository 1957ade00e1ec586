"""Frames that come unevenly are shown evenly."""

from __future__ import annotations

from collections import deque
from itertools import accumulate

import pytest

from rtc_server.sync.playout import MAX_FRAMES, Playout

FRAME_S = 1 / 30


def shown(
    late_s: list[float], delay_s: float = 0.1
) -> tuple[Playout[int], list[tuple[float, int]]]:
    """Add frames that come so late, in order; return when each is shown, to the millisecond."""
    playout: Playout[int] = Playout(delay_s)
    arrivals = accumulate((k * FRAME_S + late for k, late in enumerate(late_s)), max)
    coming = deque(zip(arrivals, range(len(late_s)), strict=True))
    seen = []
    for now_s in (t / 1000 for t in range(round((len(late_s) * FRAME_S + 1) * 1000))):
        while coming and coming[0][0] <= now_s:
            _, k = coming.popleft()
            playout.add(now_s, 50.0 + k * FRAME_S, k)
        if (frame := playout.take(now_s)) is not None:
            seen.append((now_s, frame))
    return playout, seen


def test_jitter_within_the_delay_is_not_seen() -> None:
    playout, seen = shown([0.0, 0.03, 0.09, 0.01, 0.06, 0.0, 0.02])
    assert [k for _, k in seen] == list(range(7))
    assert all(abs(at_s - (k * FRAME_S + 0.1)) <= 0.0021 for at_s, k in seen)
    assert playout.skipped == 0


def test_only_the_newest_of_several_late_frames_is_shown() -> None:
    """Frame 3 is 0.29 s late and delays those that follow; frame 9 is not due yet."""
    playout, seen = shown([0.0, 0.0, 0.0, 0.29, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert [k for _, k in seen] == [0, 1, 2, 8, 9, 10]
    assert seen[3][0] == pytest.approx(3 * FRAME_S + 0.29, abs=0.0021)
    assert playout.skipped == 5


def test_the_queue_is_bounded_and_its_losses_are_counted() -> None:
    playout: Playout[int] = Playout()
    for k in range(MAX_FRAMES + 5):
        playout.add(0.0, 0.0, k)
    assert playout.skipped == 5
    assert playout.take(1.0) == MAX_FRAMES + 4
    assert playout.skipped == MAX_FRAMES + 4
    assert playout.due_s is None
