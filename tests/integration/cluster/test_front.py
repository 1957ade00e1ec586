"""A server with session hosts is the same for its clients, and outlives a host."""

from __future__ import annotations

import asyncio

import pytest

from tests import live_pose
from tests.integration.cluster.front import Front
from tests.integration.http_checks import check_problem
from tests.integration.scripted_learner import ScriptedLearner
from tests.integration.websocket.raw_learner import RawLearner
from tests.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LESSON = "demo"  # 24 s long: it does not end before enough is scored, on a slow machine either


async def dance(learner: ScriptedLearner) -> None:
    """Until a sample is scored."""
    learner.send("start", lesson_s=1)
    await learner.wait_for_score()


async def film(learner: RawLearner) -> None:
    """A camera's pictures, until cancelled: a sample takes the next one that comes."""
    while True:
        await learner.send_picture()
        await asyncio.sleep(0.1)


async def test_a_session_goes_on_when_its_host_is_lost(front: Front) -> None:
    """With the score so far, and one result under the learner's name."""
    async with ScriptedLearner(front.url, LESSON, learner="Ann") as first:
        await dance(first)
        state = await (await front.http.get(f"/api/sessions/{first.id}")).json()
        assert state["state"] == "playing" and state["samples"] > 0
        host = front.host_of(first.id)
        before = host.reports
        await wait_until(lambda: host.reports >= before + 2)  # the front has what was danced
        host.is_lost = True
        await front.wait_for_hosts()
    await check_problem(await front.http.get(f"/api/sessions/{first.id}"), 404)
    async with ScriptedLearner(front.url, LESSON, resume=first.id) as second:
        second.send("hello", protocol=1, client="test")
        welcome = await second.wait_for(type="welcome")
        assert welcome["resumed"]["samples"] > 0
        assert front.host_of(second.id) is not host
        second.send("stop")
        summary = await second.wait_for(type="summary")
        assert summary["samples"] >= welcome["resumed"]["samples"]
    report = await (await front.http.get(f"/api/sessions/{second.id}/report")).json()
    assert (report["learner"], report["reason"]) == ("Ann", "stopped")
    history = await (await front.http.get("/api/history?learner=Ann")).json()
    assert [line["id"] for line in history["results"]] == [report["id"]]
    await check_problem(await front.http.patch(f"/api/sessions/{first.id}"), 404)


async def test_a_session_is_closed_by_its_id(front: Front) -> None:
    async with ScriptedLearner(front.url, LESSON) as learner:
        assert (await front.http.delete(f"/api/sessions/{learner.id}")).status == 204
        ended = await learner.wait_for(type="state", state="ended")
        assert ended["reason"] == "closed"
    await check_problem(await front.http.delete(f"/api/sessions/{learner.id}"), 404)


async def test_a_session_over_a_websocket_runs_on_a_host(front: Front) -> None:
    async with RawLearner(front.url, LESSON) as learner:
        await learner.send("hello", protocol=1, client="test")
        welcome = await learner.wait_for(type="welcome")
        host = front.host_of(welcome["session"])
        camera = asyncio.create_task(film(learner))
        await learner.wait_for(type="score")
        camera.cancel()
        await learner.send("stop")
        await learner.wait_for(type="summary")
        assert await learner.wait_until_closed() == 1000
    assert not host.is_lost


async def test_a_client_over_a_websocket_learns_at_once_that_its_host_is_lost(
    front: Front,
) -> None:
    async with RawLearner(front.url, LESSON) as learner:
        await learner.send("hello", protocol=1, client="test")
        welcome = await learner.wait_for(type="welcome")
        front.host_of(welcome["session"]).is_lost = True
        assert await learner.wait_until_closed() == 4000
    await front.wait_for_hosts()


async def test_the_operator_sees_and_drains_hosts(front: Front) -> None:
    cluster = await (await front.http.get("/api/cluster")).json()
    first, _ = cluster["hosts"]
    assert cluster["places"] == cluster["max_sessions"] == live_pose.SETTINGS["max_sessions"]
    path = f"/api/cluster/hosts/{first['name']}/drain"
    assert (await front.http.post(path, params={"replace": "true"})).status == 202
    await wait_until(lambda: len([host for host in front.hosts if not host.is_lost]) == 3)
    unknown = await front.http.post("/api/cluster/hosts/w99/drain")
    assert (await check_problem(unknown, 404))["code"] == "unknown_host"
    text = await (await front.http.get("/metrics")).text()
    assert 'tandem_hosts_lost_total{host="front"}' in text
