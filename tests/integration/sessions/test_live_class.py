"""A live class: the teacher's camera is passed on, their poses are the reference as they come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from aiortc.contrib.media import MediaPlayer

from rtc_server.authoring.build import DEMO_VIDEO
from rtc_server.client.classes.live_film import LiveFilm
from rtc_server.client.classes.requests import ask
from rtc_server.client.classes.teacher import ClassTeacher
from rtc_server.client.device import Device
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.config import Config
from rtc_server.http.app_keys import CLASSES, LESSONS
from rtc_server.scoring.attempt import Attempt
from rtc_server.scoring.growing.live_attempt import LiveAttempt
from rtc_server.scoring.growing.reference import READY_S
from rtc_server.scoring.reference import prepare_reference
from rtc_server.types import PoseTrack
from tests.integration.conftest import RunningServer, serving
from tests.waiting import PATIENCE_S, wait_until

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(600),  # a class, and a lesson made of it, before the first test
]
LONG_S = 4 * PATIENCE_S  # encoders, decoders and five looks a second for three share a processor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    configured: Callable[..., Config], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningServer]:
    lessons = tmp_path_factory.mktemp("kept")
    async with serving(configured(max_sessions=8, lessons=lessons)) as running:
        yield running


@dataclass
class Taught:
    """What came of a class in which Bo came late."""

    ann: Outcome
    bo: Outcome
    teacher: Outcome
    attempt: LiveAttempt  # Ann's
    statistics: dict[str, Any]  # of the teacher's media
    key_frames_before_bo: int  # asked of the teacher
    live: Any
    told: list[dict[str, Any]]  # the last `class` of the teacher and of Ann, while they danced
    kept: dict[str, Any]  # what became of the class


class EndlessFilm(LiveFilm):
    """A teacher who dances until the test has seen enough."""

    def __init__(self) -> None:
        super().__init__(DEMO_VIDEO)
        self._player = MediaPlayer(str(DEMO_VIDEO), loop=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def taught(server: RunningServer) -> Taught:
    wish = {"live": True, "title": "Monday's", "keep": True}
    opened = await ask("POST", server.url, "/api/classes", body=wish)
    code, told = opened["code"], Told()
    teaching = LearnerOptions(server.url, "", "", token=opened["token"], class_code=code)
    teacher = ClassTeacher(teaching, Device(told.by("teacher")), film=EndlessFilm())
    ann, bo = (
        Learner(
            LearnerOptions(
                *(server.url, "", "instructor"), mirror="off", learner=name, class_code=code
            ),
            Device(told.by(name)),
        )
        for name in ("Ann", "Bo")
    )
    (room,) = server.app[CLASSES]
    live: Any = room._room.live
    tasks = [asyncio.create_task(one.follow()) for one in (teacher, ann)]
    await wait_until(lambda: count_scored(ann.outcome) >= 3, LONG_S)
    attempt = next(one.attempt.attempts[0] for one in server.sessions if one.learner == "Ann")
    asked = live.source.requests.sent
    tasks.append(asyncio.create_task(bo.follow()))
    await wait_until(lambda: count_scored(bo.outcome) >= 3, LONG_S)
    before_the_end = [told.last[name] for name in ("teacher", "Ann")]
    teacher.stop()
    results = await asyncio.gather(*tasks)
    await wait_until(lambda: not [*server.app[CLASSES]])
    assert isinstance(attempt, LiveAttempt)
    kept = await follow_kept(server, code, opened["token"])
    measured = (attempt, live.statistics(), asked, live)
    return Taught(results[1], results[2], results[0], *measured, before_the_end, kept)


class Told:
    """The last `class` message of each."""

    def __init__(self) -> None:
        self.last: dict[str, dict[str, Any]] = {}

    def by(self, name: str) -> Callable[[dict[str, Any]], None]:
        def take(message: dict[str, Any]) -> None:
            if message["type"] == "class":
                self.last[name] = message

        return take


async def follow_kept(server: RunningServer, code: str, token: str) -> dict[str, Any]:
    """What becomes of a class, once that is known."""
    async with asyncio.timeout(LONG_S):
        while True:
            report = await ask("GET", server.url, f"/api/classes/{code}/report", token)
            if report["kept"]["state"] in ("ready", "failed", "cancelled"):
                return dict(report["kept"])
            await asyncio.sleep(0.2)


def count_scored(outcome: Outcome) -> int:
    return sum(score["score"] is not None for score in outcome.scores)


async def test_all_hear_that_it_ended_and_get_a_summary(taught: Taught) -> None:
    for outcome in (taught.ann, taught.bo):
        assert (outcome.ended, outcome.reason) == ("clean", "class ended")
        assert outcome.summary is not None
    assert taught.teacher.reason == "class ended"


async def test_the_beginning_is_not_scored_live_but_judged_in_the_end(taught: Taught) -> None:
    """Positions are late where the machine is slow; which are early, the unit tests say."""
    assert taught.ann.scores[0]["score"] is None
    assert taught.ann.summary is not None
    assert count_scored(taught.ann) < taught.ann.summary["samples"] == taught.attempt.samples


async def test_positions_are_those_of_the_teachers_frames_on_the_screen(taught: Taught) -> None:
    scored = [score for score in taught.ann.scores if score["score"] is not None]
    assert all(score["sync"] == "measured" for score in scored)
    assert scored[-1]["lesson_s"] > scored[0]["lesson_s"]


async def test_the_result_is_that_of_a_recorded_lesson_of_the_same_poses(taught: Taught) -> None:
    reference = prepare_reference(taught.live.reference.track)
    recorded = Attempt(reference, "off")
    for lesson_s, pose in taught.attempt.recorded():
        recorded.add_sample(lesson_s, pose)
    recorded.dropped = taught.attempt.dropped
    expected = json.loads(json.dumps(recorded.summary(complete=False).message()))
    assert taught.ann.summary == expected


async def test_a_late_comer_sees_and_hears_the_teacher(taught: Taught) -> None:
    assert taught.bo.frames > 0
    assert taught.bo.audio_frames > 0
    assert taught.bo.scores[0]["lesson_s"] > READY_S


async def test_the_teachers_media_were_passed_on_whole(taught: Taught) -> None:
    assert taught.statistics["frames"] > 100
    assert taught.statistics["sounds"] > 100
    for loss in ("frames_reordered", "frames_refused"):
        assert taught.statistics[loss] == 0
    assert taught.statistics["streams"] == 1
    assert taught.statistics["poses"] > READY_S


async def test_everybody_is_told_that_the_class_is_kept(taught: Taught) -> None:
    teacher, ann = taught.told
    assert (teacher["keep"], ann["keep"]) == (True, True)
    assert teacher["recording"] == {"state": "on", "why": None, "why_code": None}
    assert ann["recording"] is None


async def test_the_class_is_a_lesson_that_anybody_may_dance(
    server: RunningServer, taught: Taught
) -> None:
    assert taught.kept["state"] == "ready", taught.kept
    listed = await ask("GET", server.url, "/api/lessons")
    assert [(one["id"], one["title"]) for one in listed] == [("monday-s", "Monday's")]
    assert taught.kept["lesson"] == "monday-s"
    assert listed[0]["has_audio"]
    assert taught.statistics["recorded_frames"] > 100
    assert taught.statistics["recorded_sounds"] > 100


async def test_the_lessons_poses_are_those_that_the_class_was_scored_by(
    server: RunningServer, taught: Taught
) -> None:
    lesson = await server.app[LESSONS].get(taught.kept["lesson"])
    live, recorded = taught.live.reference.track, lesson.poses()
    from_s = taught.kept["from_s"]
    assert recorded.t_s[-1] + from_s >= live.t_s[-1] - 0.5
    lags_s = np.arange(-20, 21) / 20
    errors = [pose_distance(live, recorded, from_s + lag_s) for lag_s in lags_s]
    assert abs(lags_s[int(np.argmin(errors))]) <= 0.1


def pose_distance(live: PoseTrack, recorded: PoseTrack, from_s: float) -> float:
    """How far the joints are apart where the recording begins at that time of the class."""
    then_s = live.t_s - from_s
    inside = (then_s > 0) & (then_s < recorded.t_s[-1])
    there = [
        np.interp(then_s[inside], recorded.t_s, recorded.xy[:, joint, axis])
        for joint in (2, 3, 4, 5, 6, 7)  # arms
        for axis in (0, 1)
    ]
    here = live.xy[inside][:, 2:8].reshape(inside.sum(), -1).T
    return float(np.nanmean(np.abs(np.array(there) - here)))
