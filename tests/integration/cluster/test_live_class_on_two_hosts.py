"""A live class that is kept, with learners on another host than its own.

The teacher's packets come to that host once; the recording becomes a lesson at the front."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from rtc_server.classes.live.recording.class_recording import MIN_KEPT_S
from rtc_server.client.classes.teacher import ClassTeacher
from rtc_server.client.options import LearnerOptions
from rtc_server.http.app_keys import CLUSTER, LESSONS
from rtc_server.lessons.temp_files import LOCK
from rtc_server.scoring.growing.reference import GrowingReference
from rtc_server.scoring.limbs import NECK
from tests.integration.cluster.class_people import (
    Pupil,
    end_reason_of,
    fetch_report,
    fetch_whole_report,
    find_session,
    open_class,
    wait_until_ended,
    without_room,
)
from tests.integration.cluster.front import Front
from tests.integration.scripted_learner import ScriptedLearner
from tests.integration.sessions.test_live_class import EndlessFilm
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def reference_of(front: Front, one: ScriptedLearner) -> GrowingReference:
    """What somebody is compared with, on their host."""
    reference: Any = find_session(front, one).request.reference
    return reference


def live_of(front: Front, one: ScriptedLearner) -> Any:
    """The teacher, as somebody's host knows them."""
    seat: Any = find_session(front, one)._seat
    return seat._room.live


@dataclass
class Taught:
    """What came of a live class with Ann on its host, and Bo and Cy on another one."""

    report: dict[str, Any]
    shares_teacher: bool  # Bo and Cy
    viewers: int  # hosts that the class's own sends the teacher to
    here: GrowingReference  # Ann's
    there: GrowingReference  # Bo's
    reasons: list[str | None]  # why Ann and Bo ended
    told: list[Any]  # whether the class is kept, as Ann and Bo knew
    kept: dict[str, Any]  # what became of the class


@pytest.fixture(scope="module")
def store_with_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In place of the store that other files' servers have: one gets a lesson here."""
    return tmp_path_factory.mktemp("kept")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def taught(front: Front, store_with_demo: Path) -> Taught:
    opened = await open_class(front, live=True, title="Monday's", keep=True)
    code = opened["code"]
    options = LearnerOptions(*(front.url, "", ""), token=opened["token"], class_code=code)
    teacher = ClassTeacher(options, learners=3, film=EndlessFilm())
    teaching = asyncio.create_task(teacher.follow())
    async with AsyncExitStack() as stack:
        ann = await stack.enter_async_context(Pupil(front, code, "Ann"))
        home = front.host_of(ann.id)
        with without_room(front, home.name):
            bo, cy = [
                await stack.enter_async_context(Pupil(front, code, name)) for name in ("Bo", "Cy")
            ]
        assert home not in (front.host_of(bo.id), front.host_of(cy.id))
        await wait_until(lambda: all(one.frames > 0 for one in (ann, bo, cy)), 2 * PATIENCE_S)
        for one in (ann, bo):
            one.send("hello", protocol=1, client="test")
        told = [(await one.wait_for(type="class", state="open"))["keep"] for one in (ann, bo)]
        shares_teacher = live_of(front, bo) is live_of(front, cy)
        live = live_of(front, ann)
        viewers, recorded = len(live._viewers), live.recording._recorder.intake
        here, there = reference_of(front, ann), reference_of(front, bo)
        await wait_until(lambda: len(there) > 5 and recorded.length_s > MIN_KEPT_S, 4 * PATIENCE_S)
        teacher.stop()
        reasons = [await end_reason_of(front, one) for one in (ann, bo)]
    await teaching
    report = await fetch_whole_report(front, opened)
    kept = await follow_kept(front, opened)
    return Taught(report, shares_teacher, viewers, here, there, reasons, told, kept)


async def follow_kept(front: Front, opened: dict[str, Any]) -> dict[str, Any]:
    """What becomes of a class, once that is known."""
    kept: dict[str, Any] = {"state": "saving"}
    async with asyncio.timeout(4 * PATIENCE_S):
        while kept["state"] not in ("ready", "failed", "cancelled"):
            await asyncio.sleep(0.2)
            kept = (await fetch_report(front, opened))["kept"]
    return kept


async def test_learners_on_two_hosts_see_the_teacher_and_are_judged_alike(taught: Taught) -> None:
    assert taught.shares_teacher
    assert taught.viewers == 1  # the host of both
    assert taught.reasons == ["class ended"] * 2
    assert sorted(row["name"] for row in taught.report["learners"]) == ["Ann", "Bo", "Cy"]
    assert len(taught.there) == len(taught.here)
    for name in ("t_s", "xy", "confidence"):
        mine, theirs = getattr(taught.there.track, name), getattr(taught.here.track, name)
        assert np.array_equal(mine, theirs, equal_nan=True)


async def test_all_are_told_that_the_class_is_kept_on_whichever_host(taught: Taught) -> None:
    assert taught.told == [True, True]


async def test_the_class_is_a_lesson_that_anybody_may_dance(front: Front, taught: Taught) -> None:
    kept = taught.kept
    assert (kept["state"], kept["lesson"], kept["title"]) == ("ready", "monday-s", "Monday's")
    assert (await (await front.http.get(f"/api/jobs/{kept['job']}")).json())["state"] == "ready"
    lesson = await front.app[LESSONS].get(kept["lesson"])
    poses = lesson.poses()
    assert poses.t_s[-1] + kept["from_s"] >= taught.here.track.t_s[-1] - 0.5
    assert np.isfinite(poses.xy[:, NECK]).any()
    async with ScriptedLearner(front.url, lesson.id) as dancer:
        dancer.send("hello", protocol=1, client="test")
        assert (await dancer.wait_for(type="welcome"))["lesson"]["id"] == lesson.id
        await wait_until(lambda: dancer.frames > 0)


async def test_nothing_is_left_of_the_recording(taught: Taught, store_with_demo: Path) -> None:
    await wait_until(lambda: [one.name for one in store_with_demo.iterdir()] == ["monday-s"])


async def test_a_host_that_dies_takes_its_recording_along_and_the_report_says_so(
    front: Front, taught: Taught, store_with_demo: Path
) -> None:
    opened = await open_class(front, live=True, keep=True)
    code = opened["code"]
    store = front.app[CLUSTER].class_store
    await wait_until(lambda: (found := store.find(code)) is not None and found.report is not None)
    left = store_with_demo / ".class~0a1b2c3d"  # by a process that was killed
    (left / "content").mkdir(parents=True)
    (left / LOCK).touch()
    next(host for host in front.hosts if host.name == store.find(code).host).is_lost = True
    assert "is gone" in await wait_until_ended(front, code)
    kept = (await fetch_report(front, opened))["kept"]
    assert (kept["state"], kept["code"], kept["job"]) == ("failed", "host_lost", None)
    assert kept["error"] == (
        "the session host that recorded the class is gone, and the recording with it"
    )
    await wait_until(lambda: not left.exists())
