"""A class lives on one session host; any front is asked for it, and outlives it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from rtc_server.authoring.build import DEMO_VIDEO
from rtc_server.client.classes.live_film import LiveFilm
from rtc_server.client.classes.requests import ask
from rtc_server.client.classes.teacher import ClassTeacher
from rtc_server.client.options import LearnerOptions
from rtc_server.cluster.session_ids import parse_host_name
from rtc_server.http.app_keys import CLUSTER
from tests.integration.cluster.class_people import (
    LESSON,
    Instructor,
    Pupil,
    end_reason_of,
    fetch_report,
    open_class,
    wait_until_ended,
)
from tests.integration.cluster.front import Front
from tests.integration.cluster.hosts_without_ray import HostInProcess
from tests.integration.http_checks import check_problem
from tests.integration.scripted_learner import ScriptedLearner
from tests.integration.websocket.raw_learner import RawLearner
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def is_draining(host: HostInProcess) -> bool:
    """Whether the host knows it."""
    return host._host is not None and host._host._reporter.state == "draining"


def list_reported(front: Front, code: str) -> list[str]:
    """Whose rows the front has of a running class, if its host is lost."""
    placed = front.app[CLUSTER].class_store.find(code)
    report = (placed and placed.report) or {"learners": []}
    return [row["name"] for row in report["learners"]]


async def test_all_of_a_class_is_on_one_host_and_the_report_outlives_it_there(
    front: Front,
) -> None:
    opened = await open_class(front)
    code = opened["code"]
    async with AsyncExitStack() as stack:
        teacher, ann = [
            await stack.enter_async_context(one)
            for one in (Instructor(front, opened), Pupil(front, code.lower(), "Ann"))
        ]
        assert parse_host_name(teacher.id) == parse_host_name(ann.id)
        taken = await front.http.post(ann.path, json=ann.body)
        assert (await check_problem(taken, 409))["code"] == "name_taken"
        teacher.send("loop", from_s=0.0, to_s=20.0)  # it does not end before the test does
        teacher.send("start")
        await ann.wait_for_score()
        described = await (await front.http.get(f"/api/classes/{code}")).json()
        assert described["present"] == 1 and described["lesson"]["id"] == LESSON
        listed = await (await front.http.get("/api/classes")).json()
        assert [one["code"] for one in listed["classes"]] == [code]
        async with Pupil(front, code, "Ann", resume=ann.id) as again:
            again.send("hello", protocol=1, client="test")
            welcome = await again.wait_for(type="welcome")
            assert welcome["resumed"]["samples"] > 0
            refused = await front.http.delete(f"/api/classes/{code}")
            assert (await check_problem(refused, 401))["code"] == "class_token_needed"
            await ask("DELETE", front.url, f"/api/classes/{code}", opened["token"])
            assert await end_reason_of(front, again) == "class ended"
    await wait_until_ended(front, code)
    report: dict[str, Any] = {"complete": False}
    while not report["complete"]:
        report = await fetch_report(front, opened)
    (row,) = report["learners"]
    assert row["name"] == "Ann" and row["samples"] > 0


async def test_a_learner_without_webrtc_is_in_the_class(front: Front) -> None:
    opened = await open_class(front)
    learner = RawLearner(front.url)
    learner._url = f"{front.url}/api/classes/{opened['code']}/sessions/ws"
    learner._query = {"learner": "Cy"}
    async with Instructor(front, opened) as teacher, learner:
        await learner.send("hello", protocol=1, client="test")
        welcome = await learner.wait_for(type="welcome")
        assert parse_host_name(welcome["session"]) == parse_host_name(teacher.id)
        teacher.send("cue", text="Hello")
        assert (await learner.wait_for(type="cue"))["text"] == "Hello"
        teacher.send("stop")
        await learner.wait_for(type="state", state="ended")


async def test_a_live_class_is_on_a_host(front: Front) -> None:
    opened = await open_class(front, live=True)
    options = LearnerOptions(*(front.url, "", ""), token=opened["token"], class_code=opened["code"])
    teacher = ClassTeacher(options, film=LiveFilm(DEMO_VIDEO))
    teaching = asyncio.create_task(teacher.follow())
    async with Pupil(front, opened["code"], "Ann") as ann:
        await wait_until(lambda: ann.frames > 0, PATIENCE_S)
        host = front.host_of(ann.id)
        before = host.reports
        await wait_until(lambda: host.reports >= before + 2)  # nothing of it breaks them
        teacher.stop()
        assert await end_reason_of(front, ann) == "class ended"
    await teaching


async def test_a_class_goes_on_while_its_host_drains(front: Front) -> None:
    """Learners come into it, and no other class is opened there."""
    opened = await open_class(front)
    code = opened["code"]
    async with Instructor(front, opened) as teacher:
        host = front.host_of(teacher.id)
        await front.http.post(f"/api/cluster/hosts/{host.name}/drain?replace=true")
        await wait_until(lambda: is_draining(host))
        other = await open_class(front)
        async with Instructor(front, other) as elsewhere, Pupil(front, code, "Ann") as ann:
            assert front.host_of(elsewhere.id) is not host
            assert front.host_of(ann.id) is host
            elsewhere.send("stop")
            teacher.send("stop")
            assert await end_reason_of(front, ann) == "class ended"
    async with asyncio.timeout(PATIENCE_S):
        names = [host.name]
        while host.name in names:  # it ends with its last class
            await asyncio.sleep(0.1)  # an address may not ask as often as a machine can
            cluster = await (await front.http.get("/api/cluster")).json()
            names = [one["name"] for one in cluster["hosts"]]
    report = await fetch_report(front, opened)
    assert report["complete"] and [row["name"] for row in report["learners"]] == ["Ann"]


async def test_a_class_ends_with_its_host_and_says_so(front: Front) -> None:
    """The report up to then is kept, and so is what each learner danced."""
    await front.wait_for_hosts()
    opened = await open_class(front)
    code = opened["code"]
    async with Instructor(front, opened) as teacher, Pupil(front, code, "Ann") as ann:
        teacher.send("start")
        await ann.wait_for_score()
        await wait_until(lambda: list_reported(front, code) == ["Ann"])
        host = front.host_of(ann.id)
        before = host.reports
        await wait_until(lambda: host.reports >= before + 2)
        host.is_lost = True
        detail = await wait_until_ended(front, code)
        assert "the session host that it was on is gone" in detail
        back = await front.http.post(ann.path, json={**ann.body, "resume": ann.id})
        assert (await check_problem(back, 410))["code"] == "class_ended"
    report = await fetch_report(front, opened)
    assert [row["name"] for row in report["learners"]] == ["Ann"] and not report["complete"]
    async with ScriptedLearner(front.url, LESSON, resume=ann.id) as alone:
        alone.send("hello", protocol=1, client="test")
        welcome = await alone.wait_for(type="welcome")
        assert welcome["resumed"]["samples"] > 0


async def test_codes_that_no_class_has_lock_the_address_out(front: Front) -> None:
    answers = [await front.http.get("/api/classes/AAAAAA") for _ in range(11)]
    assert [answer.status for answer in answers] == [*[404] * 10, 429]
