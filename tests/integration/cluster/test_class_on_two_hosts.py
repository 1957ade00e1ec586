"""A class whose own host has no room for all of its learners: others have the rest."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from rtc_server.client.classes.requests import ask
from rtc_server.sync.player import Player
from tests.integration.cluster.class_people import (
    Instructor,
    Pupil,
    end_reason_of,
    fetch_whole_report,
    find_session,
    open_class,
    without_room,
)
from tests.integration.cluster.front import Front
from tests.integration.http_checks import check_problem
from tests.integration.scripted_learner import ScriptedLearner
from tests.integration.websocket.raw_learner import RawLearner
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOGETHER_S = 0.1  # on the server's clock


def are_together(*players: Player) -> bool:
    """Whether all are at one place of the lesson, at one rate."""
    positions = [player.position_s for player in players]
    rates = {player.clock.run.rate for player in players}
    return len(rates) == 1 and max(positions) - min(positions) < TOGETHER_S


def players_of(front: Front, *people: ScriptedLearner) -> list[Player]:
    return [find_session(front, one)._player for one in people]


async def test_learners_on_two_hosts_are_in_one_class(front: Front) -> None:
    opened = await open_class(front, lesson="demo", leaderboard=True)
    code = opened["code"]
    async with AsyncExitStack() as stack:
        teacher = await stack.enter_async_context(Instructor(front, opened))
        home = front.host_of(teacher.id)
        with without_room(front, home.name):
            bo = await stack.enter_async_context(Pupil(front, code, "Bo"))
        assert front.host_of(bo.id) is not home
        taken = await front.http.post(bo.path, json=bo.body)  # on the home host
        assert (await check_problem(taken, 409))["code"] == "name_taken"
        players = players_of(front, teacher, bo)
        teacher.send("loop", from_s=0.0, to_s=20.0)  # it does not end before the test does
        teacher.send("start")
        await bo.wait_for(type="state", state="playing")
        await wait_until(lambda: are_together(*players))
        teacher.send("rate", rate=0.5)
        await bo.wait_for(type="state", rate=0.5)
        await wait_until(lambda: are_together(*players) and players[1].clock.rate == 0.5)
        teacher.send("pause")
        await bo.wait_for(type="state", state="paused")
        teacher.send("seek", lesson_s=3.0)
        await wait_until(lambda: are_together(*players) and 3.0 <= players[1].position_s < 3.1)
        teacher.send("loop", from_s=3.0, to_s=5.0)
        await wait_until(lambda: players[1].clock.loop == (3.0, 5.0))
        teacher.send("resume")
        await wait_until(lambda: are_together(*players) and players[1].clock.playing)
        await bo.wait_for_score()
        status = await bo.wait_for(type="class", present=1)
        assert status["learners"] == ["Bo"] and status["learner"] == 0
        teacher.send("cue", text="Well done", learner=0)
        assert (await bo.wait_for(type="cue"))["text"] == "Well done"
        bo.send("hand", up=True)
        assert (await teacher.wait_for(type="hand", up=True))["name"] == "Bo"
        await bo.wait_for(type="hand", up=True)
        await teacher.wait_until(
            lambda message: (
                message["type"] == "roster"
                and [one["hand"] for one in message["learners"] if one["connection"] != "silent"]
                == [True]
            )
        )
        bo.send("bye")
        await teacher.wait_until(
            lambda message: message["type"] == "class" and "Bo" not in message["learners"]
        )
        with without_room(front, home.name):
            cy = await stack.enter_async_context(Pupil(front, code, "Cy"))
        await cy.wait_for(type="state", state="playing")  # where the class is
        await wait_until(lambda: are_together(*players_of(front, teacher, cy)))
        teacher.send("stop")
        assert await end_reason_of(front, cy) == "class ended"
    report = await fetch_whole_report(front, opened)
    rows = {row["name"]: row for row in report["learners"]}
    assert rows.keys() == {"Bo", "Cy"}
    assert rows["Bo"]["samples"] > 0 and rows["Bo"]["hands"] == 1 and rows["Bo"]["cues"] == 1


async def test_the_teacher_lets_in_who_is_on_another_host(front: Front) -> None:
    opened = await open_class(front, lesson="demo", admission="ask")
    async with Instructor(front, opened) as teacher:
        teacher.send("start")
        await teacher.wait_for(type="state", state="playing")
        with without_room(front, front.host_of(teacher.id).name):
            async with (
                Pupil(front, opened["code"], "Bo") as bo,
                Pupil(front, opened["code"], "Cy") as cy,
            ):
                await bo.wait_for(type="class", admitted=False)
                await teacher.wait_until(
                    lambda m: m["type"] == "class" and {"learner": 0, "name": "Bo"} in m["waiting"]
                )
                assert "playing" not in {message.get("state") for message in bo.messages}
                teacher.send("admit", learner=0)
                await bo.wait_for(type="state", state="playing")
                await bo.wait_for(type="class", admitted=True)
                teacher.send("refuse", learner=1)
                assert await end_reason_of(front, cy) == "refused"
                teacher.send("stop")
                assert await end_reason_of(front, bo) == "class ended"


async def test_a_learner_without_webrtc_on_another_host(front: Front) -> None:
    opened = await open_class(front)
    learner = RawLearner(front.url)
    learner._url = f"{front.url}/api/classes/{opened['code']}/sessions/ws"
    learner._query = {"learner": "Cy"}
    async with Instructor(front, opened) as teacher:
        with without_room(front, front.host_of(teacher.id).name):
            await learner.__aenter__()
        try:
            await learner.send("hello", protocol=1, client="test")
            await learner.wait_for(type="welcome")
            await learner.wait_for(type="class", present=1)
            teacher.send("cue", text="Hello")
            assert (await learner.wait_for(type="cue"))["text"] == "Hello"
            teacher.send("stop")
            await learner.wait_for(type="state", state="ended")
        finally:
            await learner.__aexit__(None, None, None)


async def test_without_room_anywhere_nobody_comes_in(front: Front) -> None:
    opened = await open_class(front)
    async with Pupil(front, opened["code"], "Ann") as ann:
        with without_room(front, *(host.name for host in front.hosts)):
            full = await front.http.post(ann.path, json={**ann.body, "learner": "Bo"})
            assert (await check_problem(full, 503))["code"] == "server_full"
        await ask("DELETE", front.url, f"/api/classes/{opened['code']}", opened["token"])


async def test_a_host_of_learners_is_lost_and_the_class_goes_on(front: Front) -> None:
    """They come back on another host, with what they danced."""
    opened = await open_class(front)
    code = opened["code"]
    async with Instructor(front, opened) as teacher:
        home = front.host_of(teacher.id)
        with without_room(front, home.name):
            async with Pupil(front, code, "Bo") as bo:
                lost = front.host_of(bo.id)
                teacher.send("loop", from_s=0.0, to_s=20.0)
                teacher.send("start")
                await bo.wait_for_score()
                before = lost.reports
                await wait_until(lambda: lost.reports >= before + 2)
                lost.is_lost = True
            await wait_until(lambda: sum(not host.is_gone for host in front.hosts) == 2)
            await front.wait_for_hosts()
            async with Pupil(front, code, "Bo", resume=bo.id) as again:
                assert front.host_of(again.id) not in (home, lost)
                again.send("hello", protocol=1, client="test")
                welcome = await again.wait_for(type="welcome")
                assert welcome["resumed"]["samples"] > 0
                status = await again.wait_for(type="class", present=1)
                assert status["learner"] == 0
                players = players_of(front, teacher, again)
                await wait_until(lambda: are_together(*players))
                teacher.send("stop")
                assert await end_reason_of(front, again) == "class ended"
    report = await fetch_whole_report(front, opened)
    assert [row["name"] for row in report["learners"]] == ["Bo"]


async def test_the_class_ends_on_all_hosts_with_its_own(front: Front) -> None:
    opened = await open_class(front)
    async with Instructor(front, opened) as teacher:
        home = front.host_of(teacher.id)
        with without_room(front, home.name):
            async with Pupil(front, opened["code"], "Bo") as bo:
                await bo.wait_for(type="class", present=1)
                home.is_lost = True
                ended = await bo.wait_for(type="state", state="ended")
                assert ended["reason"] == "class ended"
    await wait_until(lambda: sum(not host.is_gone for host in front.hosts) == 2, PATIENCE_S)
    await front.wait_for_hosts()
