"""Two dancers in one picture, headless: the instructor's own video twice, in other colours."""

from __future__ import annotations

import av
import numpy as np
import pytest
import pytest_asyncio

from rtc_server.client.cameras import CameraTrack, EchoCameraTrack
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from tests.integration.conftest import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


class PairCamera(EchoCameraTrack):
    """Shows whoever the screen shows, and beside them somebody in other clothes."""

    async def recv(self) -> av.VideoFrame:
        frame = await super().recv()
        image = frame.to_ndarray(format="bgr24")
        pair = av.VideoFrame.from_ndarray(
            np.concatenate([image, image[..., ::-1]], axis=1), format="bgr24"
        )
        pair.pts, pair.time_base = frame.pts, frame.time_base
        return pair


class PairLearner(Learner):
    def _open_camera(self) -> CameraTrack:
        return PairCamera(self._now, 0.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outcome(server: RunningServer) -> Outcome:
    """Of two who have followed the whole lesson."""
    options = LearnerOptions(server.url, "short", "instructor", mirror="off", dancers=2)
    learner = PairLearner(options)
    await learner.follow()
    await server.wait_until_empty()
    return learner.outcome


async def test_each_is_followed_to_a_clean_end(outcome: Outcome) -> None:
    """What they score depends on how many samples a busy machine misses: bench/pose measures it."""
    assert outcome.report()["ended"] == "clean" and outcome.errors == []
    assert outcome.summary is not None
    first, second = outcome.summary["dancers"]
    assert first["complete"] and second["complete"]
    assert first["samples"] == second["samples"] > 0
    assert first["coverage"] > 0 and second["coverage"] > 0


async def test_a_sample_has_a_message_for_each_at_one_lesson_position(outcome: Outcome) -> None:
    first, second = (
        {s["seq"]: s for s in outcome.scores if s["dancer"] == dancer} for dancer in (0, 1)
    )
    assert len(first.keys() & second.keys()) > 0.8 * max(len(first), len(second))
    for seq in first.keys() & second.keys():
        assert first[seq]["lesson_s"] == second[seq]["lesson_s"]
        assert "capture" not in first[seq]


async def test_the_first_is_on_the_left(outcome: Outcome) -> None:
    noses = [
        [
            s["pose"][0][0]
            for s in outcome.scores
            if s["dancer"] == dancer and s["score"] is not None
        ]
        for dancer in (0, 1)
    ]
    assert all(x is None or x < 0.5 for x in noses[0])
    assert all(x is None or x > 0.5 for x in noses[1])
