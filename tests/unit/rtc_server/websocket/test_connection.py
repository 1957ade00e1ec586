"""A session's connection over a WebSocket whose client is the test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from rtc_server.latest import Closed
from rtc_server.metrics import Metrics
from rtc_server.protocol.pictures import (
    WebcamPicture,
    parse_annotated_picture,
    write_webcam_picture,
)
from rtc_server.protocol.server_messages import build_error
from rtc_server.websocket import peer as peer_module
from rtc_server.websocket.close_codes import CLOSINGS, Closing, Violation
from rtc_server.websocket.connection import WebSocketConnection
from tests.jpegs import make_jpeg
from tests.unit.rtc_server.websocket.fake_socket import FakeSocket
from tests.waiting import wait_until


def picture(captured_ms: float, jpeg: bytes = b"", **fields: Any) -> bytes:
    shown = {"lesson_s": 1.0, "rate": 1.0, **fields}
    return write_webcam_picture(
        WebcamPicture(captured_ms, captured_ms + 5, jpeg=jpeg or make_jpeg(), **shown)
    )


@asynccontextmanager
async def connected(
    *, annotated: bool = False
) -> AsyncIterator[tuple[WebSocketConnection, FakeSocket]]:
    socket = FakeSocket()
    connection = WebSocketConnection(socket, Metrics(), annotated=annotated)
    serving = asyncio.create_task(connection.serve())
    yield connection, socket
    socket.say(None)
    await serving


async def test_a_place_is_claimed_until_the_learner_says_something() -> None:
    async with connected() as (connection, socket):
        assert connection.peer.stage == "checked"
        socket.say("{}")
        assert await connection.peer.wait_until_open()
        assert connection.peer.stage == "connected"
        assert await connection.peer.next_message() == "{}"


async def test_a_learner_who_is_gone_is_lost() -> None:
    async with connected() as (connection, socket):
        socket.say("last words", None)
        assert await connection.peer.next_message() == "last words"
        with pytest.raises(Closed):
            await connection.peer.next_message()
        assert connection.peer.break_reason == "lost"
        assert not await connection.peer.close(0.1, "lost")


async def test_a_picture_becomes_a_frame_and_says_what_was_shown() -> None:
    async with connected() as (connection, socket):
        uplink = connection.uplink
        receiving = asyncio.create_task(uplink.receive_frames())
        socket.say(picture(2000.0, lesson_s=3.5, rate=0.5))
        frame = await uplink.frames.take()
        receiving.cancel()
        assert (frame.video_frame.width, frame.video_frame.height) == (64, 48)
        assert uplink.capture_clock.captured_ms(frame.timestamp) == 2000.0
        assert uplink.capture_clock.source == "client"
        captured_s = uplink.capture_clock.captured_s(frame.timestamp)
        assert captured_s == pytest.approx(frame.received_s, abs=1.0)
        shown = connection.downlink.playhead.position_at(2000.0)
        assert shown is not None and (shown.lesson_s, shown.rate) == (3.5, 0.5)
        assert uplink.update_metrics(Metrics()) and not uplink.update_metrics(Metrics())


async def test_the_newest_picture_wins() -> None:
    async with connected() as (connection, socket):
        socket.say(*(picture(float(n), make_jpeg(64, 48 + 2 * n)) for n in range(5)))
        await wait_until(lambda: connection.uplink.statistics()["webcam_frames"] == 5)
        receiving = asyncio.create_task(connection.uplink.receive_frames())
        frame = await connection.uplink.frames.take()
        receiving.cancel()
        assert frame.video_frame.height == 56
        assert connection.uplink.statistics()["webcam_frames_replaced"] == 4


@pytest.mark.parametrize(
    ("messages", "code", "sentence"),
    [
        ([b"too short"], 1007, "picture: expected a header of 32 bytes, got 9"),
        ([picture(1.0, b"\x89PNG\r\n")], 1003, "expected a JPEG picture, got bytes 89504e47"),
        ([picture(9.0), picture(8.0)], 1008, "expected times of capture that rise, got 8.0 ms"),
        ([Violation(1009, "expected less, got more")], 1009, "expected less, got more"),
    ],
)
async def test_what_breaks_the_rules_closes_with_a_code_and_a_sentence(
    messages: list[object], code: int, sentence: str
) -> None:
    async with connected() as (connection, socket):
        socket.say(*messages, "not looked at any more")
        with pytest.raises(Closed):
            await connection.peer.next_message()
        assert connection.peer.break_reason == "misuse"
        connection.peer.send_control(build_error("why", "the end comes first"))
        await connection.peer.close(0.0, "misuse")
        said, closing = socket.sent
        assert isinstance(closing, Closing) and closing.code == code
        assert closing.sentence.startswith(sentence)
        assert json.loads(str(said))["code"] == "why"


async def test_a_picture_at_the_same_time_as_the_one_before_is_no_step_back() -> None:
    async with connected() as (connection, socket):
        socket.say(picture(9.0), picture(9.0), "{}")
        assert await connection.peer.next_message() == "{}"


async def test_who_sends_a_thousand_pictures_is_counted_for_the_flood_detector() -> None:
    async with connected() as (connection, socket):
        jpeg = make_jpeg()
        socket.say(*(picture(float(n), jpeg) for n in range(200)))
        await wait_until(lambda: socket.frames_received == 200)
        assert connection.peer.refused >= 100
        assert connection.uplink.statistics()["webcam_frames"] <= 100


async def test_whoever_sends_more_than_is_read_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    async with connected() as (connection, socket):
        monkeypatch.setattr(peer_module.asyncio, "sleep", note)
        socket.say(*(["{}"] * 400))
        await wait_until(lambda: socket.frames_received == 400)
        monkeypatch.setattr(peer_module.asyncio, "sleep", sleep)
        assert slept.count(peer_module.SLOW_READ_S) >= 50
        assert connection.peer.refused >= 50


async def test_a_slow_reader_gets_every_control_message_and_the_newest_score() -> None:
    async with connected() as (connection, socket):
        socket.takes.clear()
        score: Callable[[int], Any] = lambda n: {"type": "score", "seq": n}  # noqa: E731
        connection.peer.send_control(build_error("first", "is being sent"))
        await asyncio.sleep(0)
        sent = [connection.peer.send_score(score(n)) for n in range(4)]
        connection.peer.send_control(build_error("second", "waits"))
        socket.takes.set()
        await wait_until(lambda: len(socket.sent) == 3)
        assert sent == [True, False, False, False]
        assert connection.peer.scores_lost == 3
        codes = [json.loads(str(said)) for said in socket.sent]
        assert [said.get("code", said.get("seq")) for said in codes] == ["first", "second", 3]


async def test_who_takes_no_control_message_for_too_long_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(peer_module, "PING_S", 0.001)
    monkeypatch.setattr(peer_module, "DELIVERY_S", 0.002)
    async with connected() as (connection, socket):
        socket.takes.clear()
        connection.peer.send_control(build_error("never", "read"))
        async with asyncio.timeout(10):
            await connection.peer.disconnected.wait()
        assert connection.peer.break_reason == "lost"
        assert not await connection.peer.close(0.01, "lost")
        assert socket.aborted


async def test_the_end_is_told_before_the_close_and_nothing_after_it() -> None:
    async with connected() as (connection, socket):
        connection.peer.send_control(build_error("last", "message"))
        assert await connection.peer.close(5.0, "finished")
        connection.peer.send_control(build_error("too", "late"))
        connection.peer.send_score({"type": "score"})  # type: ignore[typeddict-item]
        assert [json.loads(str(socket.sent[0]))["code"], *socket.sent[1:]] == [
            "last",
            CLOSINGS["finished"],
        ]


@pytest.mark.parametrize("annotated", [True, False])
async def test_the_newest_annotated_picture_goes_down_as_jpeg(annotated: bool) -> None:
    async with connected(annotated=annotated) as (connection, socket):
        for side in (32, 1600):
            connection.downlink.send_annotated(np.zeros((side, side, 3), np.uint8))
        if annotated:
            await wait_until(lambda: socket.sent)
            (message,) = socket.sent
            assert isinstance(message, bytes)
            count, jpeg = parse_annotated_picture(message)
            assert count == 1 and jpeg.startswith(b"\xff\xd8")
    assert len(socket.sent) == int(annotated)
