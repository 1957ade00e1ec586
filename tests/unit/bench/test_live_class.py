"""What the bench of a live class makes of the frames that came."""

from __future__ import annotations

import numpy as np
import pytest

from bench.machine import describe_processor
from bench.webrtc.numbered_film import MARK, NUMBER, Arrivals, read_number
from bench.webrtc.position_strip import read_strip, write_strip

SENT_S = [0.0, 0.1, 0.2, 0.3, 0.4]
WINDOW = SENT_S, 0.0, 0.5


def payload(number: int) -> bytes:
    return b"the end of a frame" + NUMBER.pack(MARK, number)


def arrivals(*ways_s: float) -> Arrivals:
    """Learners to whom each frame comes so much after it was sent."""
    came = Arrivals(len(ways_s))
    for learner, way_s in enumerate(ways_s):
        for number, sent_s in enumerate(SENT_S):
            came.add(learner, payload(number), sent_s + way_s)
    return came


def test_a_frame_says_which_it_is() -> None:
    assert read_number(payload(70_000)) == 70_000
    assert read_number(b"another frame's end") is None
    assert read_number(b"short") is None


def test_ways_and_spreads_are_of_the_same_frame() -> None:
    came = arrivals(0.02, 0.05)
    assert came.ways_ms(*WINDOW) == pytest.approx([20] * 5 + [50] * 5)
    assert came.same_frame_apart_ms(*WINDOW) == pytest.approx([30] * 5)


def test_a_frame_that_somebody_did_not_get_is_not_compared_and_one_sent_again_counts_once() -> None:
    came = arrivals(0.02, 0.05)
    came.add(0, payload(1), 3.0)
    more = Arrivals(2)
    more.add(0, payload(0), 0.01)
    assert came.same_frame_apart_ms(*WINDOW) == pytest.approx([30] * 5)
    assert more.same_frame_apart_ms(*WINDOW) == []


def test_positions_are_those_of_the_newest_frame_that_each_has_at_a_moment() -> None:
    apart = arrivals(0.0, 0.12).positions_apart_ms(SENT_S, 0.21, 0.31)
    # At 0.21 s the first has the frame of 0.2 s, and the second that of 0; at 0.26 s that of 0.1.
    assert apart == pytest.approx([100, 200])


def test_a_picture_tells_its_number_however_small_it_is() -> None:
    picture = np.full((360, 270, 3), 127, np.uint8)
    for number in (0, 1, 719, 4095):
        grey = write_strip(picture, number)[..., 0]
        assert read_strip(grey) == number
        assert read_strip(grey[::2, ::2]) == number
    assert read_strip(picture[..., 0]) is None


def test_the_processor_is_named_with_what_matters() -> None:
    cpuinfo = "processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu avx2 avx512_bf16\n"
    assert describe_processor(cpuinfo).startswith("Some CPU (avx2, avx512_bf16), ")
