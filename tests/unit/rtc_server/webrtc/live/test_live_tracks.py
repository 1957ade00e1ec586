"""The teacher's media as one learner gets it: what is sent, with which times, and on which wire."""

from __future__ import annotations

import asyncio
import itertools
import math

import pytest
from aiortc import RTCRtpSender
from aiortc.rtcrtpparameters import (
    RTCRtcpParameters,
    RTCRtpCodecParameters,
    RTCRtpSendParameters,
)

from rtc_server.sync.player import Player
from rtc_server.sync.playhead import SentFrames
from rtc_server.webrtc.live.audio_track import MAX_WAITING, LiveAudioTrack
from rtc_server.webrtc.live.source import LiveSource
from rtc_server.webrtc.live.video_track import LiveVideoTrack
from rtc_server.webrtc.packets import PassedPacket
from rtc_server.webrtc.rtp.aiortc_sender import send_encoded
from tests.unit.rtc_server.webrtc.live.live_frames import STEP, VP8_KEY, Clock, encoded
from tests.unit.rtc_server.webrtc.rtp.fake_transport import FakeTransport

VP8 = RTCRtpCodecParameters("video/VP8", 90_000, payloadType=97)
VP8_RTX = RTCRtpCodecParameters("video/rtx", 90_000, payloadType=98, parameters={"apt": 97})
H264 = RTCRtpCodecParameters(
    "video/H264", 90_000, payloadType=99, parameters={"packetization-mode": "1"}
)
H264_RTX = RTCRtpCodecParameters("video/rtx", 90_000, payloadType=100, parameters={"apt": 99})
H264_KEY = b"\0\0\0\1\x65\0"


class Place:
    """One learner's video track, and a teacher."""

    def __init__(self) -> None:
        self.now = Clock()
        self.source = LiveSource(self.now)
        self.player = Player(7200.0, self.now)
        self.sent = SentFrames()
        self.track = LiveVideoTrack(self.source, self.player, self.sent)
        self.rtp = 0

    def send(self, *, key: bool = False, codec: str = "VP8") -> None:
        self.now.s += 1 / 30
        self.rtp += STEP
        data = (VP8_KEY if codec == "VP8" else H264_KEY) if key else b"\1"
        assert self.source.take(codec, encoded(self.rtp, data), key)

    def polled(self) -> list[PassedPacket]:
        found = []
        while not isinstance(packet := self.track.poll(), int | float):
            assert isinstance(packet, PassedPacket)
            found.append(packet)
        return found


def test_payloads_are_passed_on_as_they_came_and_frames_are_as_far_apart() -> None:
    place = Place()
    place.track.let_in()
    with place.track.listening(lambda: None):
        for k in range(4):
            place.send(key=k == 0)
        packets = place.polled()
    assert packets[0].payloads == (b"descriptor" + VP8_KEY,)
    assert {p.codec for p in packets} == {"VP8"}
    assert [b.pts - a.pts for a, b in itertools.pairwise(packets)] == [STEP] * 3


def test_nothing_is_sent_to_who_is_not_let_in_or_not_connected() -> None:
    place = Place()
    with place.track.listening(lambda: None):
        place.send(key=True)
        assert place.track.poll() == math.inf
        place.track.let_in()
        assert len(place.polled()) == 1
    place.send()
    assert place.track.poll() == math.inf


def test_a_frame_says_which_position_of_the_class_it_shows() -> None:
    place = Place()
    place.track.let_in()
    with place.track.listening(lambda: None):
        place.send(key=True)
        place.now.s += 0.01
        place.player.play()
        place.send()
        before, after = place.polled()
    place.sent.rtp_origin = 0
    frame = place.sent.find(after.pts)
    assert frame is not None
    assert frame.lesson_s == pytest.approx(1 / 30 - 0.01, abs=1e-4)  # when it was captured
    assert (frame.run, frame.rate, frame.on_time) == (place.player.clock.run_number, 1.0, True)
    ahead = place.sent.find(before.pts)
    assert ahead is not None
    assert (ahead.lesson_s, ahead.on_time) == (0.0, False)  # captured before the class began


def test_frames_that_a_late_comer_catches_up_with_are_not_on_time_and_have_their_positions() -> (
    None
):
    place = Place()
    place.player.play()
    for k in range(10):
        place.send(key=k == 0)
    place.track.let_in()
    with place.track.listening(lambda: None):
        packets = place.polled()
    place.sent.rtp_origin = 0
    frames = [place.sent.find(packet.pts) for packet in packets]
    assert [frame is not None and frame.on_time for frame in frames] == [False] * 10
    positions = [frame.lesson_s for frame in frames if frame is not None]
    assert [round(30 * (b - a), 6) for a, b in itertools.pairwise(positions)] == [1.0] * 9
    assert packets[-1].pts - packets[0].pts < STEP  # they are shown as fast as they are decoded


def test_a_request_for_a_key_frame_goes_to_the_teacher() -> None:
    place = Place()
    place.track.on_key_frame_request()
    assert place.source.should_request_key_frame()


def test_a_learner_whose_network_loses_much_gets_key_frames_only_until_it_is_better() -> None:
    place = Place()
    place.track.let_in()
    with place.track.listening(lambda: None):
        place.send(key=True)
        for _ in range(10):
            place.track.on_loss_report(0.3)
        place.send()
        assert len(place.polled()) == 0
        assert (place.track.cuts, place.track.bitrate.low) == (1, True)
        place.send(key=True)
        assert len(place.polled()) == 1
        while place.track.bitrate.low:
            place.now.s += 1.0
            place.track.on_loss_report(0.0)
        assert place.source.should_request_key_frame()
        place.rtp += 90_000 * 60
        place.send(key=True)
        place.send()
        assert len(place.polled()) == 2


def test_sound_is_passed_on_at_once_and_waits_for_nobody_long() -> None:
    now = Clock()
    source = LiveSource(now)
    track = LiveAudioTrack(source, Player(7200.0, now))
    track.let_in()
    told = list[None]()
    with track.listening(lambda: told.append(None)):
        for k in range(MAX_WAITING + 3):
            now.s += 0.02
            source.on_sound(bytes([k]), 960 * k)
        assert len(told) == MAX_WAITING + 3
        first, second = track.poll(), track.poll()
        assert isinstance(first, PassedPacket)
        assert isinstance(second, PassedPacket)
        assert (first.payloads, first.codec) == ((bytes([3]),), "opus")
        assert second.pts - first.pts == 960
    assert track.lost == 3
    source.on_sound(b"x", 960 * 99)
    assert len(told) == MAX_WAITING + 3


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_teacher_who_changes_the_codec_is_sent_with_its_payload_types() -> None:
    place = Place()
    place.track.let_in()
    transport = FakeTransport()
    sender = RTCRtpSender(place.track, transport)  # type: ignore[arg-type]
    send_encoded(sender, place.track)
    codecs = [VP8, VP8_RTX, H264, H264_RTX]
    await sender.send(
        RTCRtpSendParameters(codecs=codecs, muxId="0", rtcp=RTCRtcpParameters(cname="name"))
    )
    await turns()
    place.send(key=True)
    place.send(key=True, codec="H264")
    await turns()
    first, second = transport.packets
    assert (first.payload_type, second.payload_type) == (97, 99)
    assert first.payload == b"descriptor" + VP8_KEY
    assert (second.sequence_number - first.sequence_number) % (1 << 16) == 1
    assert (second.timestamp - first.timestamp) % (1 << 32) == STEP
    transport.sent.clear()
    await sender._retransmit(second.sequence_number)
    (again,) = transport.packets
    assert again.payload_type == 100
    await sender.stop()


async def test_frames_of_a_codec_that_the_learner_does_not_take_are_counted_and_not_sent() -> None:
    place = Place()
    place.track.let_in()
    transport = FakeTransport()
    sender = RTCRtpSender(place.track, transport)  # type: ignore[arg-type]
    send_encoded(sender, place.track)
    await sender.send(
        RTCRtpSendParameters(codecs=[VP8], muxId="0", rtcp=RTCRtcpParameters(cname="name"))
    )
    await turns()
    place.send(key=True, codec="H264")
    await turns()
    assert not transport.packets
    assert place.track.unsupported == 1
    await sender.stop()
