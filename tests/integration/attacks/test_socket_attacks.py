"""What nobody sends on a WebSocket: each gets a close code and a sentence, and nothing is left."""

from __future__ import annotations

import os

import aiohttp
import pytest

from tests.integration.attacks.conftest import Attack
from tests.integration.attacks.server_process import ServerProcess
from tests.integration.websocket.raw_learner import GREY, RawLearner, write_picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

MB = 1 << 20


@pytest.mark.parametrize(
    ("messages", "code", "sentence"),
    [
        ([b"x"], 1007, "picture: expected a header of 32 bytes"),
        ([write_picture(b"\x89PNG\r\n\x1a\n")], 1003, "expected a JPEG picture"),
        ([write_picture(captured_ms=9.0), write_picture(captured_ms=8.0)], 1008, "expected times"),
        ([bytes(50 * MB)], 1009, "expected messages of at most 1048576 bytes"),
    ],
    ids=["short", "png", "backwards", "large"],
)
async def test_what_no_page_sends_is_named_and_ended(
    victim: ServerProcess, attack: Attack, messages: list[bytes], code: int, sentence: str
) -> None:
    async with attack(), RawLearner(victim.url) as learner:
        memory_mb = victim.memory_mb()
        await learner.send("hello", protocol=1, client="attacker")
        try:
            for message in messages:
                await learner.socket.send_bytes(message)
        except ConnectionError:
            pass  # cut off in the middle of it
        assert await learner.wait_until_closed() == code
        assert learner.close_reason.startswith(sentence)
        assert victim.memory_mb() < memory_mb + 32


async def test_a_thousand_pictures_a_second_end_the_session(
    victim: ServerProcess, attack: Attack
) -> None:
    async with attack(), RawLearner(victim.url) as learner:
        try:
            while not learner.socket.closed:
                await learner.send_picture(GREY)
                if learner.socket._reader._buffer:
                    await learner.receive()
        except ConnectionError:
            pass
        assert await learner.wait_until_closed() == 1008
        assert learner.close_reason == "expected fewer messages and pictures, got too many"
    metrics = await victim.metrics()
    assert metrics['tandem_webcam_frames_refused_total{reason="rate"}'] > 0


async def test_a_place_is_not_kept_by_handshakes(victim: ServerProcess, attack: Attack) -> None:
    """Who says nothing only claims a place, and has no more of them than there are."""
    address = f"{victim.url}/api/sessions/ws?lesson=short"
    async with attack(), aiohttp.ClientSession() as http:
        sockets = [await http.ws_connect(address) for _ in range(12)]
        assert (await victim.metrics())["tandem_sessions"] <= 8
        for socket in sockets:
            await socket.close()


async def test_random_bytes_after_the_handshake(victim: ServerProcess, attack: Attack) -> None:
    async with attack(), RawLearner(victim.url) as learner:
        await learner.send("hello", protocol=1, client="attacker")
        await learner.wait_for(type="welcome")
        transport = learner.socket.get_extra_info("socket")
        writer = learner.socket._response.connection.transport  # past aiohttp's frames
        assert transport is not None
        writer.write(b"\xff" + os.urandom(200))
        assert await learner.wait_until_closed() == 1002
        assert learner.close_reason.startswith("expected a message as RFC 6455 has it")
