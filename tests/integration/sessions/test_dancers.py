"""Two dancers in one picture, headless, who follow one instructor each of a lesson with two."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import av
import numpy as np
import pytest
import pytest_asyncio

from rtc_server.client.cameras import CameraTrack, EchoCameraTrack
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.config import Config
from rtc_server.lessons.lesson import Lesson, write_poses
from rtc_server.types import PoseTrack
from tests.integration.conftest import RunningServer, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


SECOND_X = 0.25  # how far right of the first the second instructor dances


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    configured: Callable[..., Config],
    short_lesson: Lesson,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[RunningServer]:
    """A server with a duo, which is the short lesson with somebody who does the same beside."""
    store = tmp_path_factory.mktemp("duo")
    folder = Path(shutil.copytree(short_lesson.folder, store / "duo"))
    first = short_lesson.poses()
    beside = first.xy + np.array([SECOND_X, 0], np.float32)
    write_poses(folder, PoseTrack(first.t_s, beside, first.confidence, first.aspect), 1)
    about = json.loads((folder / "lesson.json").read_text()) | {"instructors": [0.4, 0.65]}
    (folder / "lesson.json").write_text(json.dumps(about))
    async with serving(configured(lessons=store, max_sessions=3)) as running:
        yield running


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
    options = LearnerOptions(
        server.url, "duo", "instructor", mirror="off", dancers=2, instructors=(1, 0)
    )
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


async def test_each_is_shown_whom_they_follow(outcome: Outcome) -> None:
    targets: list[dict[int, float]] = [{}, {}]
    for score in outcome.scores:
        neck_x = score["target"][1][0]
        if neck_x is not None:
            targets[score["dancer"]][score["seq"]] = neck_x
    both = targets[0].keys() & targets[1].keys()
    assert both
    for seq in both:
        assert targets[0][seq] - targets[1][seq] == pytest.approx(SECOND_X, abs=0.01)


async def test_a_lesson_says_whom_one_can_follow_and_others_are_refused(
    server: RunningServer,
) -> None:
    offer = {"sdp": "v=0", "type": "offer", "lesson": "duo", "instructors": [2]}
    async with aiohttp.ClientSession() as http:
        about = await (await http.get(f"{server.url}/api/lessons/duo")).json()
        refused = await http.post(f"{server.url}/api/sessions", json=offer)
        problem = await refused.json()
    assert about["instructors"] == [{"x": 0.4}, {"x": 0.65}]
    assert (refused.status, problem["code"]) == (400, "bad_message")
    assert "numbers up to 1, which this lesson has" in problem["detail"]
