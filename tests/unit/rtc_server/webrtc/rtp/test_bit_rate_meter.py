"""The meter against aiortc's own counter."""

from __future__ import annotations

import random

from aiortc.rate import RateCounter

from rtc_server.webrtc.rtp.bit_rate_meter import BitRateMeter


def test_its_figures_are_those_of_aiortc() -> None:
    chance = random.Random(1)
    ours, theirs = BitRateMeter(), RateCounter(1000, 8000)
    now_ms = 5
    for _ in range(3000):
        now_ms += chance.choice((0, 0, 1, 3, 20, 66, 900, 1500))
        assert ours.rate(now_ms) == theirs.rate(now_ms)
        size = chance.randrange(1500)
        ours.add(size, now_ms)
        theirs.add(size, now_ms)
        if chance.random() < 0.01:
            ours.reset()
            theirs.reset()


def test_a_gap_of_years_takes_no_time() -> None:
    meter = BitRateMeter()
    meter.add(500, 0)
    meter.add(1200, 10**15)
    meter.add(1200, 10**15 + 999)
    assert meter.rate(10**15 + 999) == 8 * 2400


def test_after_the_clock_was_set_back_it_begins_anew_and_keeps_nothing() -> None:
    meter = BitRateMeter()
    for now_ms in range(10_000, 10_500):
        meter.add(1000, now_ms)
    meter.add(1000, 0)
    meter.add(1000, 9)
    assert meter.rate(9) == 8 * 2000 * 100
    assert len(meter._recent) == 2
