"""From the webcam to its poses: packets lost for good, a slow decoder, and when it was captured."""

from __future__ import annotations

import asyncio
import statistics
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCRtpReceiver, rtcrtpreceiver

from rtc_server.client.options import LearnerOptions
from rtc_server.http import sessions
from rtc_server.webrtc import aiortc_decoder
from rtc_server.webrtc.jitter_buffer import JitterBuffer, choose_gap_wait_s
from rtc_server.webrtc.keyframe_gate import MAX_QUEUE_DELAY_S, KeyFrameGate
from tests.integration.conftest import RunningServer
from tests.waiting import wait_until
from tools.film_learner import FilmLearner, read_film
from tools.loopback_peers import BITRATE_ESTIMATOR, FilmTrack, PeerPair, draw_moving_noise
from tools.packet_dropper import PacketDropper

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

RESUME_S = 0.5
SMALL = ((320, 240), 2)  # one packet a frame
LARGE = ((640, 480), 60)  # three or four


class Ours:
    """Our buffer and gate in a receiver."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.buffer = JitterBuffer(now)
        self.gate = KeyFrameGate(now)

    def __call__(self, receiver: RTCRtpReceiver) -> None:
        aiortc_decoder.replace_jitter_buffer(receiver, self.buffer, self.gate)


@asynccontextmanager
async def watching(
    ours: Ours, fps: float, scene: tuple[tuple[int, int], int]
) -> AsyncIterator[tuple[PeerPair, RTCRtpReceiver]]:
    pair = PeerPair(FilmTrack(draw_moving_noise(*scene), fps), ours)
    try:
        yield pair, await pair.open()
    finally:
        await pair.close()


def frames_behind(pair: PeerPair, shown: Sequence[tuple[float, int]]) -> float:
    """How many frames newer than the shown one were on their way, as a rule.

    What holds up the receiver holds up the sender, which is in the same process: so this says
    whether frames wait somewhere, on a busy machine too.
    """
    return statistics.median(bisect_right(pair.film.sent_s, at_s) - 1 - k for at_s, k in shown)


@pytest.mark.parametrize(("fps", "scene"), [(30.0, SMALL), (15.0, LARGE)])
async def test_pictures_come_again_soon_after_a_packet_is_lost_for_good(
    fps: float, scene: tuple[tuple[int, int], int]
) -> None:
    ours = Ours()
    async with watching(ours, fps, scene) as (pair, receiver):
        lost: list[int] = []  # the newest frame that was sent by then
        dropper = PacketDropper(
            receiver, on_first_drop=lambda: lost.append(len(pair.film.sent_s) - 1)
        )
        await wait_until(lambda: len(pair.shown) > 15)
        dropper.arm()
        await wait_until(lambda: lost and pair.shown[-1][1] > lost[0])
        again = next(at for at, (_, k) in enumerate(pair.shown) if k > lost[0])
        await wait_until(lambda: len(pair.shown) > again + fps)
        assert dropper.drops >= 2  # it was sent again, and lost again
        assert pair.shown[again][1] - lost[0] < RESUME_S * fps
        assert ours.buffer.gaps_given_up == 1 and ours.gate.key_frames_requested >= 1
        before, after = pair.shown[:10], pair.shown[again + 5 :]
        assert frames_behind(pair, after) <= frames_behind(pair, before) + 1
        shown = [k for _, k in pair.shown]
        assert shown == sorted(set(shown))


async def test_a_packet_that_is_sent_again_costs_no_picture() -> None:
    ours = Ours(now=lambda: time.monotonic() / 10)  # so that it comes in time on a busy machine
    async with watching(ours, 30.0, SMALL) as (pair, receiver):
        dropper = PacketDropper(receiver, max_drops=1)
        await wait_until(lambda: len(pair.shown) > 15)
        dropper.arm()
        await wait_until(lambda: dropper.drops == 1)
        await wait_until(lambda: len(pair.shown) > 45)
        shown = [k for _, k in pair.shown]
        assert shown == list(range(shown[0], shown[0] + len(shown)))
        assert ours.buffer.gaps_given_up == 0 and ours.gate.skipped == 0


async def test_a_decoder_that_cannot_keep_up_is_late_by_so_much_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes 100 ms or more for a frame and gets 30 of them a second."""
    open_decoder = rtcrtpreceiver.get_decoder
    took_s: list[float] = []

    def slow(codec: Any) -> Any:
        decoder = open_decoder(codec)
        decode = decoder.decode

        def decode_slowly(frame: Any) -> Any:
            began_s = time.monotonic()
            time.sleep(0.1)
            decoded = decode(frame)
            took_s.append(time.monotonic() - began_s)
            return decoded

        decoder.decode = decode_slowly
        return decoder

    monkeypatch.setattr(rtcrtpreceiver, "get_decoder", slow)
    ours = Ours()
    async with watching(ours, 30.0, SMALL) as (pair, _):
        await wait_until(lambda: len(pair.shown) > 20)
        frame_ages_s = [lag_s for _, lag_s in pair.frame_ages_s()]
        assert max(frame_ages_s) < MAX_QUEUE_DELAY_S + 3 * max(took_s)
        assert ours.gate.decoder_stalls > 0 and ours.gate.skipped > 0


async def test_poses_come_again_soon_after_a_packet_of_the_webcam_is_lost_for_good(
    server: RunningServer, short_film: Path
) -> None:
    options = LearnerOptions(server.url, "short", camera="", mirror="off")
    learner = FilmLearner(options, read_film(short_film, 2.0), fps=30.0)
    following = asyncio.create_task(learner.follow())
    await wait_until(lambda: len(learner.received_poses) > 5)
    webcam = server.sessions.find(learner.session)._peer.webcam_receiver
    assert webcam is not None
    setattr(webcam, BITRATE_ESTIMATOR, None)  # see tools/loopback_peers.py
    lost: list[float] = []
    dropper = PacketDropper(webcam, on_first_drop=lambda: lost.append(time.monotonic()))
    dropper.arm()
    await wait_until(lambda: lost and learner.pose_after(lost[0]) is not None)
    again = learner.pose_after(lost[0])
    # When it was captured, not when it came: that depends on how quickly poses are estimated here.
    assert again is not None and again.captured_s - lost[0] < RESUME_S
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
    await wait_until(lambda: learner.session and len(learner.film.sent_s) > 15)
    session = server.sessions.find(learner.session)
    clock = session._uplink.capture_clock
    for source in ("arrivals", "reports"):
        await wait_until(lambda source=source: clock.source == source)
        sent_s = list(learner.film.sent_s)
        wrong_ms, wrong_s = [], []
        for index in range(len(sent_s) - 10, len(sent_s)):
            rtp = learner.film.rtp_timestamp_of(index)
            wrong_ms.append(clock.captured_ms(rtp) - sent_s[index] * 1000)
            wrong_s.append(clock.captured_s(rtp) - sent_s[index])
        # A busy machine sends single pictures late.
        assert abs(statistics.median(wrong_ms)) <= 25, wrong_ms
        assert abs(statistics.median(wrong_s)) <= 0.05, wrong_s
    scores = learner.outcome.scores
    await wait_until(lambda: {score["capture"] for score in scores} == {"arrivals", "reports"})
    learner._send({"type": "ping", "t0_ms": time.monotonic() * 1000, "rtt_ms": 80})
    await wait_until(
        lambda: session._uplink.jitter_buffer.gap_wait_s == pytest.approx(choose_gap_wait_s(80))
    )
    learner.leave()
    await following
    await server.wait_until_empty()
