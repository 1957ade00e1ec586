"""What the server believes a learner saw, against the truth that the oracle's picture carries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
import pytest_asyncio

from rtc_server.client.options import LearnerOptions
from rtc_server.client.script import Cue
from rtc_server.config import Config
from rtc_server.scoring.attempt import Attempt
from tests import live_pose, made
from tests.integration import learner_processes, two_devices
from tests.integration.conftest import RunningServer, serving
from tools import oracle
from tools.skew_probe import SkewProbe, SkewSample, skews_ms

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

AIM_MS = 33.0
PAIR_AIM_MS = 50.0  # of a phone and a television, whose round trips enter
DELAYS_MS = (0.0, 200.0, 400.0)


class Place(NamedTuple):
    server: RunningServer
    probe: SkewProbe

    def options(self, delay_ms: float = 0.0, script: tuple[Cue, ...] = ()) -> LearnerOptions:
        """Somebody who echoes the lesson so late."""
        return LearnerOptions(
            self.server.url, oracle.LESSON_ID, "instructor", delay_ms, "off", script=script
        )


@asynccontextmanager
async def open_place(**settings: Any) -> AsyncIterator[Place]:
    lessons = made.oracle_lessons().folder
    fixed = {**live_pose.SETTINGS, "countdown_s": 1, "max_sessions": len(DELAYS_MS)}
    config = Config(lessons=lessons, port=0, **{**fixed, **settings})
    async with serving(config) as server:
        with SkewProbe() as probe:
            yield Place(server, probe)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place() -> AsyncIterator[Place]:
    async with open_place() as opened:
        yield opened


def latest_attempts(place: Place, before: int) -> list[Attempt]:
    """Those after so many, the one first who is late by the least."""
    return sorted(
        place.probe.attempts[before:],
        key=lambda attempt: attempt.summaries(complete=True)[0].lag_ms or 0.0,
    )


def p95(values: np.ndarray) -> float:
    return float(np.percentile(np.abs(values), 95))


TOUR = (
    Cue(1.2, {"type": "pause"}),
    Cue(1.2, {"type": "resume"}, after_s=0.5),
    Cue(2.2, {"type": "seek", "lesson_s": 4.3}),
    Cue(5.3, {"type": "seek", "lesson_s": 1.0}),
    Cue(2.0, {"type": "rate", "rate": 0.5}),
    Cue(2.8, {"type": "rate", "rate": 1}),
    Cue(3.4, {"type": "loop", "from_s": 3.0, "to_s": 4.4}),
    Cue(0.0, {"type": "loop"}, after_s=3.0),
)


async def test_the_server_knows_what_is_seen_through_pause_seek_rate_and_loop() -> None:
    async with open_place(pose_fps=made.ORACLE_LOOKS_FPS) as place:
        (outcome,) = await learner_processes.follow(place.options(script=TOUR))
    assert (outcome.ended, outcome.errors) == ("clean", [])
    (attempt,) = place.probe.attempts
    looks = place.probe.samples_of(attempt)
    assert sum(look.true_s is None for look in looks) <= 0.05 * len(looks)
    assert {look.rate for look in looks} == {0.5, 1.0}
    skews = skews_ms(looks)
    assert p95(skews) <= AIM_MS, [round(ms) for ms in skews]
    # play, resume, two seeks, half the tempo, the full, two laps of the loop, out of it
    pieces = even_pieces(looks)
    assert len(pieces) >= 8, [(len(piece), piece[0].estimated_s) for piece in pieces]
    # A busy machine looks too seldom for a median of each, but not of most.
    often = [piece for piece in pieces if len(piece) >= 4]
    assert len(often) >= 4
    for piece in often:
        middle = np.median(skews_ms(piece))
        assert abs(middle) <= AIM_MS, (piece[0].estimated_s, [round(ms) for ms in skews_ms(piece)])
    check_what_is_told(looks)


def even_pieces(looks: Sequence[SkewSample]) -> list[list[SkewSample]]:
    """The looks between one pause, jump or change of rate and the next."""
    pieces = [[looks[0]]]
    for before, look in pairwise(looks):
        expected_s = before.estimated_s + before.rate * (look.at_s - before.at_s)
        if look.rate != before.rate or abs(look.estimated_s - expected_s) > 0.25:
            pieces.append([])
        pieces[-1].append(look)
    return pieces


def check_what_is_told(looks: Sequence[SkewSample]) -> None:
    """`skew_ms` is known, is a measurement, and is of the size of the truth."""
    told = np.array([look.reported_ms for look in looks if look.reported_ms is not None])
    assert len(told) >= 0.9 * len(looks)
    assert np.mean(np.abs(told) < 0.05) < 0.9
    assert p95(told) <= 2 * AIM_MS


async def test_an_echo_so_late_is_a_learner_so_late(place: Place) -> None:
    """The delay is the learner's own: `lag_ms` has it, the skew and the score's shape do not."""
    before = len(place.probe.attempts)
    outcomes = await learner_processes.follow(*(place.options(delay_ms) for delay_ms in DELAYS_MS))
    assert {outcome.ended for outcome in outcomes} == {"clean"}
    summaries = [outcome.summary or {} for outcome in outcomes]
    for summary, delay_ms in zip(summaries, DELAYS_MS, strict=True):
        assert summary["lag_ms"] == pytest.approx(delay_ms, abs=60)
    shapes = [summary["shape"] for summary in summaries]
    assert max(shapes) - min(shapes) <= 3, shapes

    for attempt, delay_ms in zip(latest_attempts(place, before), DELAYS_MS, strict=True):
        # Three learners at once keep two cores busy, and a screen may stand for a moment.
        skews = skews_ms(place.probe.samples_of(attempt), delay_ms)
        assert abs(np.median(skews)) <= AIM_MS, [round(ms) for ms in skews]
        assert np.mean(np.abs(skews) <= AIM_MS) >= 0.8, [round(ms) for ms in skews]


async def test_a_phones_pictures_are_brought_onto_the_screens_clock(place: Place) -> None:
    """Two devices, whose clocks are hours apart and drift; what the phone delays is told as lag.

    Two such pairs at the same time, one of them late.
    """
    before, delays_ms = len(place.probe.attempts), (DELAYS_MS[0], DELAYS_MS[-1])
    screens = [replace(place.options(ms), camera="", screen_only=True) for ms in delays_ms]
    outcomes = await asyncio.gather(*map(two_devices.follow_in_process, screens))
    attempts = latest_attempts(place, before)
    for outcome, attempt, delay_ms in zip(outcomes, attempts, delays_ms, strict=True):
        assert outcome.ended == "clean" and outcome.summary is not None
        assert outcome.summary["lag_ms"] == pytest.approx(delay_ms, abs=60)
        skews = skews_ms(place.probe.samples_of(attempt), delay_ms)
        assert abs(np.median(skews)) <= PAIR_AIM_MS, [round(ms) for ms in skews]
        assert np.mean(np.abs(skews) <= PAIR_AIM_MS) >= 0.8, [round(ms) for ms in skews]
        told = [score["skew_ms"] for score in outcome.scores if score["skew_ms"] is not None]
        assert told and min(map(abs, told)) > 0  # the clocks' error is in it
