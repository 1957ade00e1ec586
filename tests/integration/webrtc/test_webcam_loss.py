"""From the webcam to its poses: packets lost for good, a slow decoder, and when it was captured."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCRtpReceiver, rtcrtpreceiver

from rtc_server.client.options import LearnerOptions
from rtc_server.http import sessions
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.jitter_buffer import JitterBuffer, choose_gap_wait_s
from rtc_server.webrtc.keyframe_gate import MAX_QUEUE_DELAY_S, KeyFrameGate
from tests.integration.conftest import RunningServer
from tools.film_learner import FilmLearner, read_film
from tools.loopback_peers import BITRATE_ESTIMATOR, FilmTrack, PeerPair, draw_moving_noise
from tools.packet_dropper import PacketDropper

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

RESUME_S = 0.5
SMALL = ((320, 240), 2)  # one packet a frame
LARGE = ((640, 480), 60)  # three or four


class Ours:
    """Our buffer and gate in a receiver."""

    def __init__(self) -> None:
        self.buffer = JitterBuffer(time.monotonic)
        self.gate = KeyFrameGate(time.monotonic)

    def __call__(self, receiver: RTCRtpReceiver) -> None:
        aiortc_internals.replace_jitter_buffer(receiver, self.buffer, self.gate)


@asynccontextmanager
async def watching(
    ours: Ours, fps: float, scene: tuple[tuple[int, int], int]
) -> AsyncIterator[tuple[PeerPair, RTCRtpReceiver]]:
    pair = PeerPair(FilmTrack(draw_moving_noise(*scene), fps), ours)
    try:
        yield pair, await pair.open()
    finally:
        await pair.close()


async def until(true: Callable[[], bool], within_s: float = 10.0) -> None:
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)


def newest_s(pair: PeerPair) -> float:
    """When the newest picture that was shown had been sent."""
    return max((pair.film.sent_s[k] for _, k in pair.shown), default=0.0)


@pytest.mark.parametrize(("fps", "scene"), [(30.0, SMALL), (15.0, LARGE)])
async def test_pictures_come_again_soon_after_a_packet_is_lost_for_good(
    fps: float, scene: tuple[tuple[int, int], int]
) -> None:
    ours = Ours()
    async with watching(ours, fps, scene) as (pair, receiver):
        lost: list[float] = []
        dropper = PacketDropper(receiver, on_first_drop=lambda: lost.append(time.monotonic()))
        await until(lambda: len(pair.shown) > 15)
        dropper.arm()
        await until(lambda: bool(lost) and newest_s(pair) > lost[0])
        again_s = next(at_s for at_s, k in pair.shown if pair.film.sent_s[k] > lost[0])
        await until(lambda: newest_s(pair) > again_s + 1)
        assert dropper.drops >= 2  # it was sent again, and lost again
        assert again_s - lost[0] < RESUME_S
        assert ours.buffer.gaps_given_up == 1 and ours.gate.key_frames_requested >= 1
        before = [lag_s for at_s, lag_s in pair.frame_ages_s() if at_s < lost[0]]
        after = [lag_s for at_s, lag_s in pair.frame_ages_s() if at_s > again_s + 0.2]
        assert statistics.median(after) < statistics.median(before) + 0.03
        shown = [k for _, k in pair.shown]
        assert shown == sorted(set(shown))


async def test_a_packet_that_is_sent_again_costs_no_picture() -> None:
    ours = Ours()
    async with watching(ours, 30.0, SMALL) as (pair, receiver):
        dropper = PacketDropper(receiver, max_drops=1)
        await until(lambda: len(pair.shown) > 15)
        dropper.arm()
        await until(lambda: dropper.drops == 1)
        await until(lambda: len(pair.shown) > 45)
        shown = [k for _, k in pair.shown]
        assert shown == list(range(shown[0], shown[0] + len(shown)))
        assert ours.buffer.gaps_given_up == 0 and ours.gate.skipped == 0


async def test_a_decoder_that_cannot_keep_up_is_late_by_so_much_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes 100 ms for a picture and gets 30 of them a second."""
    open_decoder = rtcrtpreceiver.get_decoder

    def slow(codec: Any) -> Any:
        decoder = open_decoder(codec)
        decode = decoder.decode
        decoder.decode = lambda frame: (time.sleep(0.1), decode(frame))[1]
        return decoder

    monkeypatch.setattr(rtcrtpreceiver, "get_decoder", slow)
    ours = Ours()
    async with watching(ours, 30.0, SMALL) as (pair, _):
        await until(lambda: len(pair.shown) > 20)
        frame_ages_s = [lag_s for _, lag_s in pair.frame_ages_s()]
        assert max(frame_ages_s) < MAX_QUEUE_DELAY_S + 0.3
        assert ours.gate.decoder_stalls > 0 and ours.gate.skipped > 0


async def test_poses_come_again_soon_after_a_packet_of_the_webcam_is_lost_for_good(
    server: RunningServer, short_film: Path
) -> None:
    options = LearnerOptions(server.url, "short", camera="", mirror="off")
    learner = FilmLearner(options, read_film(short_film, 2.0), fps=30.0)
    following = asyncio.create_task(learner.follow())
    await until(lambda: len(learner.received_poses) > 5, within_s=20)
    webcam = server.sessions.find(learner.session)._peer.webcam_receiver
    assert webcam is not None
    setattr(webcam, BITRATE_ESTIMATOR, None)  # see tools/loopback_peers.py
    lost: list[float] = []
    dropper = PacketDropper(webcam, on_first_drop=lambda: lost.append(time.monotonic()))
    dropper.arm()
    await until(lambda: bool(lost) and learner.pose_after(lost[0]) is not None)
    again = learner.pose_after(lost[0])
    assert again is not None and again.received_s - lost[0] < RESUME_S
    assert server.app[sessions.SESSIONS].find(learner.session).describe()["packets_given_up"] == 1
    learner.leave()
    await following
    await server.wait_until_empty()


async def test_captures_are_told_right_by_reports_and_by_arrivals(
    server: RunningServer, short_film: Path
) -> None:
    """Client and server have one clock here, and the film knows when each picture was shown."""
    options = LearnerOptions(server.url, "short", camera="", mirror="off")
    learner = FilmLearner(options, read_film(short_film, 2.0), fps=15.0)
    following = asyncio.create_task(learner.follow())
    await until(lambda: bool(learner.session) and len(learner.film.sent_s) > 15, within_s=20)
    session = server.sessions.find(learner.session)
    clock = session._uplink.capture_clock
    for source in ("arrivals", "reports"):
        await until(lambda source=source: clock.source == source)
        sent_s = list(learner.film.sent_s)
        for index in range(len(sent_s) - 10, len(sent_s)):
            rtp = learner.film.rtp_timestamp_of(index)
            assert clock.captured_ms(rtp) == pytest.approx(sent_s[index] * 1000, abs=25)
            assert clock.captured_s(rtp) == pytest.approx(sent_s[index], abs=0.05)
    scores = learner.outcome.scores
    await until(lambda: {score["capture"] for score in scores} == {"arrivals", "reports"})
    learner._send({"type": "ping", "t0_ms": time.monotonic() * 1000, "rtt_ms": 80})
    await until(
        lambda: session._uplink.jitter_buffer.gap_wait_s == pytest.approx(choose_gap_wait_s(80))
    )
    learner.leave()
    await following
    await server.wait_until_empty()
