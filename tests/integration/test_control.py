"""What a learner may say on the control channel, and what happens to nonsense."""

from __future__ import annotations

import asyncio

import pytest

from tests.integration.conftest import Running
from tests.integration.puppet import Puppet

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_hello_is_answered_by_welcome(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        puppet.say("hello", protocol=1, client="test")
        welcome = await puppet.until(type="welcome")
        assert welcome["session"] == puppet.id
        assert welcome["lesson"]["id"] == "short"
        assert welcome["lesson"]["duration_s"] == pytest.approx(5.0)
        assert welcome["pose_fps"] == 5


async def test_ping_is_answered_with_the_servers_times(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        puppet.say("ping", t0_ms=123.5)
        pong = await puppet.until(type="pong")
        assert pong["t0_ms"] == 123.5
        assert pong["t1_ms"] <= pong["t2_ms"]


async def test_start_pause_resume_seek_stop(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        await puppet.until(type="state", state="ready")
        puppet.say("start", lesson_s=1.0)
        counting = await puppet.until(type="state", state="counting")
        assert counting["countdown_s"] == 1
        playing = await puppet.until(type="state", state="playing")
        assert playing["lesson_s"] == pytest.approx(1.0, abs=0.1)
        puppet.say("pause")
        paused = await puppet.until(type="state", state="paused")
        puppet.forget()
        puppet.say("seek", lesson_s=3.0)
        assert (await puppet.until(type="state", state="paused"))["lesson_s"] == 3.0
        puppet.say("resume")
        resumed = await puppet.until(type="state", state="playing")
        assert resumed["lesson_s"] == pytest.approx(3.0, abs=0.1)
        assert paused["lesson_s"] < 3.0
        puppet.say("stop")
        ended = await puppet.until(type="state", state="ended")
        assert ended["reason"] == "stopped"
        assert not (await puppet.until(type="summary"))["complete"]
        async with asyncio.timeout(5):
            await puppet.closed.wait()
    await server.until_empty()


async def test_half_the_rate_takes_twice_as_long(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        await puppet.until(type="state", state="ready")
        puppet.say("rate", rate=0.5)
        assert (await puppet.until(type="state", rate=0.5))["state"] == "ready"
        puppet.say("start", lesson_s=4.5)
        await puppet.until(type="state", state="playing")
        began_s = asyncio.get_running_loop().time()
        await puppet.until(type="state", state="ended", reason="finished")
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(1.0, abs=0.3)


async def test_a_loop_repeats_until_it_is_ended(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        await puppet.until(type="state", state="ready")
        puppet.say("loop", from_s=3.2, to_s=4.4)
        assert (await puppet.until(type="state", state="ready", loop=[3.0, 4.4]))["rate"] == 1
        puppet.say("start", lesson_s=3.0)
        for _ in range(2):
            puppet.forget()
            lap = await puppet.until(type="state", state="playing")
            assert lap["lesson_s"] == pytest.approx(3.0, abs=0.1)
        puppet.say("loop")
        await puppet.until(type="state", state="ended", reason="finished")


async def test_the_lesson_ends_by_itself(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        await puppet.until(type="state", state="ready")
        puppet.say("start", lesson_s=4.0)
        ended = await puppet.until(type="state", state="ended")
        assert ended["reason"] == "finished" and ended["lesson_s"] == pytest.approx(5.0)
        summary = await puppet.until(type="summary")
        assert summary["complete"] and summary["grade"] is None  # a camera without a person
        assert summary["coverage"] < 0.5
    await server.until_empty()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_message"),
        ("[1]", "bad_message"),
        ('{"type":"seek"}', "bad_message"),
        (b"\x00\x01", "bad_message"),
        ('{"type":"pause"}', "out_of_order"),
        ('{"type":"resume"}', "out_of_order"),
        ('{"type":"rate","rate":2}', "bad_message"),
        ('{"type":"loop","from_s":1,"to_s":1.5}', "bad_message"),
    ],
)
async def test_nonsense_is_answered_and_ends_nothing(
    server: Running, text: str | bytes, code: str
) -> None:
    async with Puppet(server.url) as puppet:
        await puppet.until(type="state", state="ready")
        puppet.control.send(text)
        error = await puppet.until(type="error", code=code)
        assert error["message"]
        puppet.say("unheard-of")
        puppet.say("ping", t0_ms=1)
        await puppet.until(type="pong")


async def test_a_second_start_is_out_of_order(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        await puppet.until(type="state", state="ready")
        puppet.say("start")
        puppet.say("start")
        await puppet.until(type="error", code="out_of_order")
        await puppet.until(type="state", state="playing")


async def test_bye_frees_the_place(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        await puppet.until(type="state", state="ready")
        puppet.say("bye")
        await server.until_empty()


async def test_a_flood_of_messages_is_bounded_and_counted(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        await puppet.until(type="state", state="ready")
        for k in range(300):
            puppet.say("ping", t0_ms=k)
        await puppet.until(type="pong", t0_ms=299)
        assert server.sessions.find(puppet.id).describe()["state"] == "ready"
