"""A live class with learners on another host: the teacher's packets come to it once."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import numpy as np
import pytest

from rtc_server.authoring.build import DEMO_VIDEO
from rtc_server.client.classes.live_film import LiveFilm
from rtc_server.client.classes.teacher import ClassTeacher
from rtc_server.client.options import LearnerOptions
from rtc_server.scoring.growing.reference import GrowingReference
from tests.integration.cluster.class_people import (
    Pupil,
    end_reason_of,
    fetch_whole_report,
    find_session,
    open_class,
    without_room,
)
from tests.integration.cluster.front import Front
from tests.integration.scripted_learner import ScriptedLearner
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


async def test_learners_on_two_hosts_see_the_teacher_and_are_judged_alike(front: Front) -> None:
    opened = await open_class(front, live=True)
    code = opened["code"]
    options = LearnerOptions(*(front.url, "", ""), token=opened["token"], class_code=code)
    teacher = ClassTeacher(options, learners=3, film=LiveFilm(DEMO_VIDEO))
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
        assert live_of(front, bo) is live_of(front, cy)
        assert len(live_of(front, ann)._viewers) == 1  # the host of both
        here, there = reference_of(front, ann), reference_of(front, bo)
        await wait_until(lambda: len(there) > 5, 2 * PATIENCE_S)
        teacher.stop()
        assert await end_reason_of(front, bo) == "class ended"
        assert await end_reason_of(front, ann) == "class ended"
    await teaching
    report = await fetch_whole_report(front, opened)
    assert sorted(row["name"] for row in report["learners"]) == ["Ann", "Bo", "Cy"]
    count = len(there)
    assert count == len(here)
    for name in ("t_s", "xy", "confidence"):
        mine, theirs = getattr(there.track, name), getattr(here.track, name)
        assert np.array_equal(mine, theirs, equal_nan=True)
