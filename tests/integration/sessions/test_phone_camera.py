"""A phone as the camera of a session on another screen: real connections, on loopback."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from fractions import Fraction
from typing import Any

import aiohttp
import av
import pytest

from rtc_server.client.cameras import CameraTrack, EchoCameraTrack
from rtc_server.client.device import Device
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.client.phone_camera import PhoneCamera, split_camera_link
from rtc_server.client.television import Television
from rtc_server.http.app_keys import METRICS, PAIRINGS
from tests.integration.conftest import RunningServer
from tests.integration.scripted_learner import ScriptedLearner
from tests.integration.two_devices import HOUR_S, DriftingClock
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE_CLOCK = DriftingClock(ahead_s=7 * HOUR_S, ppm=50)
SCREEN_CLOCK = DriftingClock(ahead_s=-5 * HOUR_S, ppm=-50)
PHONE = Device(now=PHONE_CLOCK)


class StillTrack(CameraTrack):
    """A camera that sends a grey picture of that size twice a second, or nothing at all."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(PHONE_CLOCK)
        self._frame = av.VideoFrame(width, height, "yuv420p") if width else None

    async def recv(self) -> av.VideoFrame:
        if self._frame is None:
            await asyncio.Event().wait()
        await asyncio.sleep(0.5)
        assert self._frame is not None
        frame = self._frame.reformat()
        frame.pts = round((self._now() - self._began_s) * 90_000)
        frame.time_base = Fraction(1, 90_000)
        return frame


async def post(url: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as http, http.post(url, json=body) as response:
        return response.status, await response.json()


async def pair(server: RunningServer, session: str) -> dict[str, Any]:
    status, pairing = await post(f"{server.url}/api/sessions/{session}/pairings")
    assert status == 201
    return pairing


@asynccontextmanager
async def filming(
    server: RunningServer, pairing: str, track: CameraTrack, max_reconnects: int = 0
) -> Any:
    """A phone that films until the block is left."""
    phone = PhoneCamera(server.url, pairing, track, PHONE)
    task = asyncio.create_task(phone.follow(max_reconnects))
    try:
        yield phone, task
    finally:
        phone.leave()
        await asyncio.wait({task}, timeout=PATIENCE_S)


async def test_a_lesson_waits_for_the_phone_and_both_get_the_summary(server: RunningServer) -> None:
    """The screen has no camera; the phone's connection breaks in the middle, and it comes back."""
    said: list[dict[str, Any]] = []
    pairings: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    track = EchoCameraTrack(PHONE_CLOCK, 0.0)
    options = LearnerOptions(server.url, "short", "", mirror="off", screen_only=True)
    television = Television(
        *(options, Device(said.append, SCREEN_CLOCK)),
        on_pairing=pairings.put_nowait,
        filmed_by=track,
    )
    watching: asyncio.Task[Outcome] = asyncio.create_task(television.follow())
    url, secret = split_camera_link((await pairings.get())["url"])
    phone = PhoneCamera(url, secret, track, PHONE)
    being_filmed = asyncio.create_task(phone.follow())

    def states() -> list[tuple[str, str | None]]:
        return [(m["state"], m.get("reason")) for m in said if m["type"] == "state"]

    await wait_until(lambda: ("playing", None) in states())
    assert phone.connection is not None
    await phone.connection.close()
    await wait_until(lambda: ("paused", "camera") in states())
    async with asyncio.timeout(PATIENCE_S):
        seen, filmed = await asyncio.gather(watching, being_filmed)

    assert (seen.ended, seen.reason, filmed.reason) == ("clean", "finished", "finished")
    waited = states().index(("paused", "camera"))
    assert ("playing", None) in states()[waited:]
    assert filmed.summary == seen.summary and filmed.reconnects >= 1 and filmed.framings > 0
    assert {score["sync"] for score in seen.scores if score["score"] is not None} <= {
        "measured",
        "estimated",
    }
    await server.wait_until_empty()


async def test_a_phone_that_films_two_dancers_sends_twice_the_bits(server: RunningServer) -> None:
    track = EchoCameraTrack(PHONE_CLOCK, 0.0)
    alone = track.bit_rate
    async with ScriptedLearner(server.url, dancers=2) as screen:
        screen.send("hello", protocol=1, client="test")
        welcome = await screen.wait_for(type="welcome")
        assert welcome["dancers"] == 2
        pairing = await pair(server, screen.id)
        async with filming(server, pairing["code"], track):
            await wait_until(lambda: track.dancers == 2)
            assert track.bit_rate == 2 * alone
            screen.send("bye")
    await server.wait_until_empty()


async def test_the_screens_own_camera_takes_over_and_the_screen_ends_both(
    server: RunningServer,
) -> None:
    async with ScriptedLearner(server.url) as screen:
        screen.send("hello", protocol=1, client="test")
        pairing = await pair(server, screen.id)
        async with filming(server, pairing["code"], StillTrack(0, 0)) as (phone, task):
            await screen.wait_for(type="camera", source="phone", phone="no_picture")
            screen.send("start")
            await screen.wait_for(type="state", state="paused", reason="camera")
            screen.send("camera", use="own")
            await screen.wait_for(type="camera", source="own")
            screen.send("bye")
            await wait_until(task.done)
            assert phone.outcome.reason == "left"
    await server.wait_until_empty()


async def test_a_phone_that_is_refused_is_told_why_and_another_takes_its_place(
    server: RunningServer,
) -> None:
    async with ScriptedLearner(server.url) as screen:
        first = await pair(server, screen.id)
        second = await pair(server, screen.id)
        async with filming(server, first["code"], StillTrack(2048, 64)) as (large, task):
            told = await screen.wait_for(type="camera", phone="refused")
            assert "2048×64" in told["problem"]
            async with filming(server, second["code"], StillTrack(320, 240)):
                await wait_until(task.done)
                assert [error["code"] for error in large.outcome.errors] == ["camera_replaced"]
                await screen.wait_for(type="camera", source="phone", phone="slow")
        screen.send("camera", problem="hidden")
        await screen.wait_for(type="error", code="out_of_order")
        screen.send("stop")
        await screen.closed.wait()
    await server.wait_until_empty()


async def test_a_screen_that_comes_back_has_its_phone_again(server: RunningServer) -> None:
    """And knows what that knows of its camera."""
    async with ScriptedLearner(server.url) as screen:
        pairing = await pair(server, screen.id)
        still = StillTrack(320, 240)
        async with filming(server, pairing["code"], still, max_reconnects=20) as (phone, task):
            await screen.wait_for(type="camera", source="phone", latency_ms=None)
            phone.send({"type": "camera", "latency_ms": 120})
            await screen.wait_for(type="camera", source="phone", latency_ms=120)
            await screen.connection.close()
            async with ScriptedLearner(server.url, resume=screen.id) as back:
                await back.wait_for(type="camera", source="phone")
                assert phone.outcome.reconnects >= 1
                back.send("bye")
                await wait_until(task.done)
        assert phone.outcome.reason == "left"
    await server.wait_until_empty()


async def test_codes_that_let_nobody_in(server: RunningServer) -> None:
    offer = {"sdp": "v=0", "type": "offer"}
    url = f"{server.url}/api/cameras"
    pairings = server.app[PAIRINGS]
    async with ScriptedLearner(server.url) as screen:
        pairing = await pair(server, screen.id)
        bad_sdp, _ = await post(url, {**offer, "pairing": pairing["code"]})
        used = pairings.take(pairing["code"], "test")  # it serves again after a bad offer
        assert bad_sdp in (400, 422)
        answers = {"used": await post(url, {**offer, "pairing": pairing["code"]})}
        used.is_used, used.expires_s = False, 0.0
        answers["expired"] = await post(url, {**offer, "pairing": pairing["code"]})
        answers["unknown"] = await post(url, {**offer, "pairing": "00000000"})
        answers["no camera"] = await post(url, {**offer, "camera": "0" * 32})
        answers["neither"] = await post(url, offer)
        ended = await pair(server, screen.id)
        screen.send("bye")
        await server.wait_until_empty()
    answers["ended"] = await post(url, {**offer, "pairing": ended["code"]})
    assert {name: (status, body["code"]) for name, (status, body) in answers.items()} == {
        "used": (409, "pairing_used"),
        "expired": (410, "pairing_expired"),
        "unknown": (404, "unknown_pairing"),
        "no camera": (404, "unknown_pairing"),
        "neither": (400, "bad_message"),
        "ended": (404, "unknown_session"),
    }
    status, _ = await post(f"{server.url}/api/sessions/{'0' * 32}/pairings")
    assert status == 404
    assert b"tandem_pairings_total" in server.app[METRICS].text()
