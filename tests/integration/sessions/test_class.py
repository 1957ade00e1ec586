"""A class with a lesson: a teacher and learners at one clock, from the code to the report."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from rtc_server.client.classes.requests import ask
from rtc_server.client.classes.teacher import ClassTeacher
from rtc_server.client.device import Device
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.config import Config
from rtc_server.http.app_keys import CLASSES
from tests.integration.conftest import RunningServer, serving
from tests.integration.http_checks import build_offer, check_problem
from tests.integration.scripted_learner import ScriptedLearner
from tests.integration.websocket.raw_learner import RawLearner
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(configured: Callable[..., Config]) -> AsyncIterator[RunningServer]:
    async with serving(configured(max_sessions=8)) as running:
        yield running


async def open_class(server: RunningServer, **body: Any) -> dict[str, Any]:
    opened: dict[str, Any] = await ask(
        "POST", server.url, "/api/classes", body={"lesson": "short", **body}
    )
    return opened


class Member(ScriptedLearner):
    """A learner of a class whose every message the test chooses."""

    def __init__(self, server: RunningServer, code: str, name: str, **offer: Any) -> None:
        super().__init__(server.url, learner=name, **offer)
        self.path = f"/api/classes/{code}/sessions"


class SocketMember(RawLearner):
    """The same without WebRTC."""

    def __init__(self, server: RunningServer, code: str, name: str, **query: str) -> None:
        path = f"/api/classes/{code}/sessions/ws"
        super().__init__(server.url, None, path, learner=name, **query)


class Teacher(ScriptedLearner):
    """The teacher of a class; it sends a camera, too, which nobody looks at."""

    lossy_channel = "roster"

    def __init__(self, server: RunningServer, opened: dict[str, Any]) -> None:
        super().__init__(server.url, headers={"Authorization": f"Bearer {opened['token']}"})
        self.path = f"/api/classes/{opened['code']}/teacher"

    def list_of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]


async def end_reason_of(server: RunningServer, one: ScriptedLearner) -> str | None:
    """Why somebody's session ends, as the server has it: a busy machine may not hear of it."""
    await wait_until(lambda: all(session.id != one.id for session in server.sessions))
    return (await server.sessions.result(one.id)).reason


@dataclass
class Taught:
    """What came of a class."""

    outcomes: dict[str, Outcome]
    taught: Outcome
    rosters: list[dict[str, Any]]
    report: dict[str, Any]
    spreads_s: list[float] = field(default_factory=list)  # between all players, now and then


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def taught(server: RunningServer) -> Taught:
    """Two headless learners and a headless teacher, from the code to everybody's report."""
    opened = await open_class(server)
    code, rosters = opened["code"], []

    def note(message: dict[str, Any]) -> None:
        if message["type"] == "roster":
            rosters.append(message)

    teaching = LearnerOptions(server.url, "", "", token=opened["token"], class_code=code)
    teacher = ClassTeacher(teaching, Device(note), learners=2)
    learners = {
        name: Learner(
            LearnerOptions(
                *(server.url, "", "instructor"), mirror="off", learner=name, class_code=code
            )
        )
        for name in ("Ann", "Bo")
    }
    spreads_s: list[float] = []

    async def watch() -> None:
        while True:
            await asyncio.sleep(0.1)
            players = [s._player.position_s for s in server.sessions if s.is_playing]
            if len(players) == 3:
                spreads_s.append(max(players) - min(players))

    watching = asyncio.create_task(watch())
    results = await asyncio.gather(teacher.follow(), *(one.follow() for one in learners.values()))
    watching.cancel()
    path = f"/api/classes/{code}/report"
    await wait_until(lambda: not [*server.app[CLASSES]])
    report = await ask("GET", server.url, path, opened["token"])
    outcomes = dict(zip(learners, results[1:], strict=True))
    return Taught(outcomes, results[0], rosters, report, spreads_s)


async def test_all_start_together_and_end_with_a_summary(taught: Taught) -> None:
    for outcome in (taught.taught, *taught.outcomes.values()):
        assert (outcome.ended, outcome.reason) == ("clean", "finished")
    for outcome in taught.outcomes.values():
        assert outcome.summary is not None and outcome.summary["complete"]
        assert outcome.summary["shape"] >= 90
        assert outcome.errors == []


async def test_everybody_is_where_the_class_is(taught: Taught) -> None:
    """Players of one process read one clock: what differs is when a test asked each of them."""
    assert taught.spreads_s
    assert sorted(taught.spreads_s)[len(taught.spreads_s) // 2] < 0.1


async def test_the_teacher_saw_everybody_and_how_they_danced(taught: Taught) -> None:
    seen = {one["name"]: one for roster in taught.rosters for one in roster["learners"]}
    assert set(seen) == {"Ann", "Bo"}
    assert any(one["score"] is not None and one["pose"] is not None for one in seen.values())
    assert any(roster["target"] is not None for roster in taught.rosters)


async def test_the_report_has_what_each_learners_summary_says(taught: Taught) -> None:
    assert taught.report["complete"]
    assert taught.report["began_at"] is not None
    rows = {row["name"]: row for row in taught.report["learners"]}
    assert set(rows) == {"Ann", "Bo"}
    for name, outcome in taught.outcomes.items():
        assert outcome.summary is not None
        assert rows[name]["score"] == outcome.summary["score"]
        assert rows[name]["samples"] == outcome.summary["samples"]
    assert taught.report["passages"]


async def test_a_teacher_who_goes_is_waited_for_and_a_late_comer_is_where_the_class_is(
    server: RunningServer,
) -> None:
    opened = await open_class(server)
    code = opened["code"]
    async with Member(server, code, "Ann") as ann:
        held = await ann.wait_for(type="class", state="held")
        assert held["ends_in_s"] > 0
        async with Teacher(server, opened) as teacher:
            await teacher.wait_for(type="state", state="ready")
            await ann.wait_for(type="class", state="open")
            ann.send("pause")
            await ann.wait_for(type="error", code="out_of_order")
            teacher.send("loop", from_s=0, to_s=4)
            teacher.send("start")
            await ann.wait_for(type="state", state="counting")
            await ann.wait_for(type="state", state="playing")
            teacher.send("cue", text="<i>well</i>")
            assert (await ann.wait_for(type="cue"))["text"] == "<i>well</i>"
            ann.clear_messages()
        await ann.wait_for(type="state", state="paused", reason="teacher")
        async with Member(server, code, "Bo") as bo, Teacher(server, opened) as teacher:
            first = await bo.wait_for(type="state")
            assert first["state"] in ("paused", "playing")
            assert first["loop"] == [0, 4]
            await ann.wait_for(type="state", state="playing")
            await bo.wait_for(type="state", state="playing")
            async with Teacher(server, opened) as second:
                assert await end_reason_of(server, teacher) == "replaced"
                bo.send("hand", up=True)
                await second.wait_for(type="hand", name="Bo", up=True)
                second.send("stop")
                for one in (ann, bo, second):
                    assert await end_reason_of(server, one) == "class ended"
    await server.wait_until_empty()


async def test_who_finds_no_way_for_webrtc_takes_part_over_a_websocket(
    server: RunningServer,
) -> None:
    """Their first session never connects: the second one takes its name and its place."""
    opened = await open_class(server, max_learners=1)
    place = f"/api/classes/{opened['code']}"
    offer = {"type": "offer", "sdp": await build_offer(), "learner": "Ann"}
    unconnected = (await ask("POST", server.url, f"{place}/sessions", body=offer))["id"]
    async with Teacher(server, opened) as teacher:
        async with SocketMember(server, opened["code"], "Ann") as another:
            refusal = await another.wait_for(type="error")
            assert (refusal["code"], refusal["status"]) == ("name_taken", 409)
        async with SocketMember(server, opened["code"], "Ann", resume=unconnected) as ann:
            await ann.send("hello", protocol=1, client="test")
            await ann.wait_for(type="class", learners=["Ann"])
            teacher.send("start")
            await ann.wait_for(type="state", state="playing")
            await ann.send("pause")
            await ann.wait_for(type="error", code="out_of_order")
            teacher.send("cue", cue="well_done")
            await ann.wait_for(type="cue", cue="well_done")
            await ann.send_picture()
            assert (await ann.wait_for(type="score"))["lesson_s"] is not None
            teacher.send("stop")
            assert (await ann.wait_for(type="state", state="ended"))["reason"] == "class ended"
            await ann.wait_for(type="summary")
            assert await ann.wait_until_closed() == 1000
    await server.wait_until_empty()
    rows = (await ask("GET", server.url, f"{place}/report", opened["token"]))["learners"]
    assert [row["name"] for row in rows] == ["Ann"]


async def test_a_live_class_says_that_it_needs_webrtc(server: RunningServer) -> None:
    opened = await ask("POST", server.url, "/api/classes", body={"live": True})
    async with SocketMember(server, opened["code"], "Ann") as ann:
        refusal = await ann.wait_for(type="error")
        assert (refusal["code"], refusal["status"]) == ("live_class", 409)
        assert await ann.wait_until_closed() == 1008
    place = f"/api/classes/{opened['code']}"
    await ask("DELETE", server.url, place, opened["token"])


async def test_who_is_not_let_in_has_to_go(server: RunningServer) -> None:
    opened = await open_class(server, admission="ask", max_learners=2)
    async with Teacher(server, opened) as teacher, Member(server, opened["code"], "Ann") as ann:
        waits = await teacher.wait_until(
            lambda message: message["type"] == "class" and bool(message["waiting"])
        )
        assert (await ann.wait_for(type="class"))["admitted"] is False
        teacher.send("refuse", learner=waits["waiting"][0]["learner"])
        assert await end_reason_of(server, ann) == "refused"
        teacher.send("stop")
        await teacher.wait_for(type="state", state="ended")


async def test_what_may_not_be_is_refused_over_http(server: RunningServer) -> None:
    opened = await open_class(server, max_learners=1)
    code, offer = opened["code"], {"type": "offer", "sdp": await build_offer()}
    path = f"/api/classes/{code}"
    async with (
        aiohttp.ClientSession(base_url=server.url) as http,
        Member(server, code.lower(), "Ann") as ann,
    ):
        for name, problem_code in (("Ann", "name_taken"), ("Bo", "class_full")):
            body = {**offer, "learner": name}
            problem = await check_problem(await http.post(f"{path}/sessions", json=body), 409)
            assert problem["code"] == problem_code
        for answer in (
            await http.post(f"{path}/teacher", json=offer),
            await http.get(f"{path}/report"),
            await http.delete(path, headers={"Authorization": "Bearer x"}),
            await http.post(f"{path}/whip", data="v=0"),
        ):
            assert (await check_problem(answer, 401))["code"] == "class_token_needed"
        own = {"Authorization": f"Bearer {opened['token']}"}
        whip = {**own, "Content-Type": "application/sdp"}
        not_live = await http.post(f"{path}/whip", data=offer["sdp"], headers=whip)
        assert (await check_problem(not_live, 409))["code"] == "not_live"
        async with http.get(f"{path}/report", params={"format": "csv"}, headers=own) as table:
            assert "attachment" in table.headers["Content-Disposition"]
            assert (await table.text()).startswith("\ufefflearner,name,score")
        assert (await http.delete(path, headers=own)).status == 204
        assert await end_reason_of(server, ann) == "class ended"
        await check_problem(await http.get(path), 410)
        statuses = [(await http.get("/api/classes/AAAAAA")).status for _ in range(11)]
        assert statuses == [*[404] * 10, 429]
    server.app[CLASSES]._classes._guard._misses.clear()  # of this address, for the other tests
    async with asyncio.timeout(PATIENCE_S):
        await server.wait_until_empty()
