from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from aiortc.codecs.h264 import H264Encoder, h264_depayload
from aiortc.codecs.vpx import Vp8Encoder, vp8_depayload

from rtc_server.lessons.codecs import VIDEO_CODECS
from rtc_server.webcam.key_frames import KEY_FRAME_STARTS, starts_key_frame
from rtc_server.webrtc.jitter_buffer import EncodedFrame
from rtc_server.webrtc.keyframe_gate import (
    MAX_QUEUE_DELAY_S,
    MAX_QUEUED_FRAMES,
    MAX_WAIT_FOR_KEY_S,
    REQUEST_INTERVAL_S,
    KeyFrameGate,
)


class Time:
    s = 100.0

    def __call__(self) -> float:
        return self.s


def frame(after_gap: bool = False) -> EncodedFrame:
    return EncodedFrame(b"", 0, 97, after_gap)


CODECS: dict[str, tuple[Callable[[], Any], Callable[[bytes], bytes]]] = {
    "VP8": (Vp8Encoder, vp8_depayload),
    "H264": (H264Encoder, h264_depayload),
}


@pytest.mark.parametrize("codec", CODECS)
def test_key_frames_are_recognized_by_their_beginning(codec: str) -> None:
    make, depayload = CODECS[codec]
    encoder = make()
    chance = np.random.default_rng(1)
    found, cut = [], []
    for k in range(8):
        noise = chance.integers(0, 255, (96, 128, 3), np.uint8)
        video_frame = av.VideoFrame.from_ndarray(noise, "bgr24")
        video_frame.pts, video_frame.time_base = k * 3000, Fraction(1, 90_000)
        payloads, _ = encoder.encode(video_frame, force_keyframe=k == 5)
        packets = [depayload(payload) for payload in payloads]
        assert len(packets) > 1
        found.append(starts_key_frame(codec, b"".join(packets)))
        cut.append(starts_key_frame(codec, b"".join(packets[1:])))
    assert [k for k, is_key in enumerate(found) if is_key] == [0, 5]
    assert not any(cut)


@pytest.mark.parametrize("codec", [*CODECS, "AV1"])
@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\1", b"\0\0\0\1\x65", b"\0\0\1\x67\0\0\1"])
def test_incomplete_data_is_not_a_key_frame(codec: str, data: bytes) -> None:
    assert not starts_key_frame(codec, data)


@pytest.mark.parametrize("header", [0x65, 0x05, 0x25, 0x45, 0x61, 0x41, 0x06])
def test_of_h264_only_an_idr_slice_after_parameters_makes_a_key_frame(header: int) -> None:
    rest = b"\0\0\0\1\x68\xce\0\0\1" + bytes([header]) + b"\x88"
    is_idr = header & 0x1F == 5
    assert starts_key_frame("H264", b"\0\0\0\1\x67\x42" + rest) == is_idr
    assert starts_key_frame("H264", b"\0\0\1\x09\x10" + rest) == is_idr
    assert not starts_key_frame("H264", rest) and not starts_key_frame("H264", b"\0\0\1")


def test_between_a_loss_and_a_key_frame_nothing_passes() -> None:
    gate = KeyFrameGate(Time())
    assert gate.admit(frame(after_gap=True), is_key=True)
    assert gate.admit(frame(), is_key=False)
    assert not gate.admit(frame(after_gap=True), is_key=False)
    assert not gate.admit(frame(), is_key=False)
    assert gate.admit(frame(), is_key=True)
    assert gate.admit(frame(), is_key=False)
    assert gate.skipped == 2


def test_a_stream_that_begins_in_the_middle_waits_for_a_key_frame() -> None:
    gate = KeyFrameGate(Time())
    assert not gate.should_request_key_frame()
    assert not gate.admit(frame(after_gap=True), is_key=False)
    assert gate.should_request_key_frame()


def test_a_key_frame_is_requested_until_it_comes_but_not_with_every_packet() -> None:
    now = Time()
    gate = KeyFrameGate(now)
    gate.admit(frame(after_gap=True), is_key=False)
    asked = []
    for k in range(100):
        now.s = 100 + k / 100
        if gate.should_request_key_frame():
            asked.append(now.s)
    assert asked == pytest.approx([100 + k * REQUEST_INTERVAL_S for k in range(4)], abs=0.04)
    gate.admit(frame(), is_key=True)
    now.s += 1
    assert not gate.should_request_key_frame() and gate.key_frames_requested == 4


def test_without_a_key_frame_the_damaged_stream_is_decoded_after_a_while() -> None:
    now = Time()
    gate = KeyFrameGate(now)
    assert not gate.admit(frame(after_gap=True), is_key=False)
    now.s += MAX_WAIT_FOR_KEY_S
    assert not gate.admit(frame(after_gap=True), is_key=False)  # its beginning may be missing
    assert gate.admit(frame(), is_key=False)


def test_a_decoder_is_behind_when_a_frame_has_waited_too_long_for_it() -> None:
    now = Time()
    gate = KeyFrameGate(now)
    gate.on_queued(10)
    assert not gate.is_decoder_behind(10)  # that came at once, as after a gap
    now.s += MAX_QUEUE_DELAY_S / 2
    gate.on_queued(1)
    now.s += MAX_QUEUE_DELAY_S / 2 + 0.01
    assert gate.is_decoder_behind(2)
    assert not gate.is_decoder_behind(1) and not gate.is_decoder_behind(0)


def test_a_decoder_with_a_full_queue_is_behind_whenever_the_frames_came() -> None:
    gate = KeyFrameGate(Time())
    gate.on_queued(200)
    assert gate.is_decoder_behind(MAX_QUEUED_FRAMES) and gate.is_decoder_behind(200)


def test_discarded_frames_are_counted_and_the_next_ones_wait_for_a_key_frame() -> None:
    gate = KeyFrameGate(Time())
    gate.admit(frame(), is_key=True)
    gate.on_queue_emptied(7)
    assert gate.should_request_key_frame()
    assert not gate.admit(frame(), is_key=False)
    assert gate.admit(frame(), is_key=True)
    assert (gate.skipped, gate.decoder_stalls) == (8, 1)


def test_key_frames_of_every_codec_of_lessons_are_recognized() -> None:
    assert {codec.sdp_name for codec in VIDEO_CODECS} <= set(KEY_FRAME_STARTS)


def test_what_waits_besides_frames_is_not_late() -> None:
    gate = KeyFrameGate(lambda: 100.0)
    assert not gate.is_decoder_behind(1)
