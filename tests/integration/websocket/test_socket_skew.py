"""What the server believes that a learner without WebRTC saw, against the truth in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from rtc_server.client.options import LearnerOptions
from rtc_server.client.script import Cue
from rtc_server.config import Config
from tests import live_pose, made
from tests.integration import learner_processes
from tests.integration.conftest import serving
from tools import oracle
from tools.skew_probe import SkewProbe, skews_ms

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

AIM_MS = 33.0
TOUR = (
    Cue(1.5, {"type": "pause"}),
    Cue(1.5, {"type": "resume"}, after_s=0.5),
    Cue(2.5, {"type": "seek", "lesson_s": 3.8}),
    Cue(4.6, {"type": "rate", "rate": 0.5}),
    Cue(5.2, {"type": "rate", "rate": 1}),
)


async def test_the_server_knows_what_is_seen_through_pause_seek_and_rate() -> None:
    lessons = made.oracle_lessons().folder
    config = Config(lessons=lessons, port=0, countdown_s=0, **live_pose.SETTINGS)
    async with serving(config) as server:
        with SkewProbe() as probe:
            options = LearnerOptions(
                *(server.url, oracle.LESSON_ID, "instructor", 0.0, "off"),
                script=TOUR,
                transport="websocket",
            )
            (outcome,) = await learner_processes.follow(options)
    assert (outcome.ended, outcome.errors) == ("clean", [])
    looks = probe.samples_of(probe.attempts[-1])
    assert len(looks) >= 15
    assert sum(look.true_s is None for look in looks) <= 0.1 * len(looks)
    assert {look.rate for look in looks} == {0.5, 1.0}
    skews = skews_ms(looks)
    assert np.percentile(np.abs(skews), 95) <= AIM_MS, [round(ms) for ms in skews]
    told = [look.reported_ms for look in looks if look.reported_ms is not None]
    assert told and np.percentile(np.abs(told), 95) <= 2 * AIM_MS
