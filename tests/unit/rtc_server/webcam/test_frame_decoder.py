from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from aiortc.codecs.h264 import H264Encoder, h264_depayload
from aiortc.codecs.vpx import Vp8Encoder, vp8_depayload
from numpy.typing import NDArray

from rtc_server.webcam.frame_decoder import BURST_S, MAX_FRAMES_PER_S, FrameDecoder
from tests.encoded_frames import (
    build_sps,
    h264_key_frame,
    vp8_cut_off_frame,
    vp8_key_frame,
)

WAVES = ((1, 0), (0, 1), (1, 1))
TOO_LARGE = {"VP8": vp8_key_frame(16_383, 16_383), "H264": h264_key_frame(build_sps(8192, 8192))}


class Time:
    s = 100.0

    def __call__(self) -> float:
        return self.s


class Camera:
    """Encodes noise, as browsers would."""

    def __init__(self, codec: str) -> None:
        self._encoder: Any = {"VP8": Vp8Encoder, "H264": H264Encoder}[codec]()
        self._depayload = {"VP8": vp8_depayload, "H264": h264_depayload}[codec]
        self._chance = np.random.default_rng(1)
        self._frames = 0

    def encode(self, width: int = 128, height: int = 96, *, key: bool = False) -> bytes:
        noise = self._chance.integers(0, 255, (height, width, 3), np.uint8)
        return self._encode(noise, key=key)

    def encode_moving(self, number: int) -> bytes:
        """A frame of a film that can be predicted: waves that move over a little noise."""
        y, x = np.mgrid[0:240, 0:320]
        waves = [127 + 90 * np.sin((x * a + y * b + 9 * number) / 30) for a, b in WAVES]
        noise = self._chance.normal(0, 6, (240, 320, 3))
        return self._encode(np.clip(np.dstack(waves) + noise, 0, 255).astype(np.uint8))

    def _encode(self, picture: NDArray[np.uint8], *, key: bool = False) -> bytes:
        frame = av.VideoFrame.from_ndarray(picture, "bgr24")
        frame.pts, frame.time_base = self._frames * 3000, Fraction(1, 90_000)
        self._frames += 1
        payloads, _ = self._encoder.encode(frame, force_keyframe=key)
        return b"".join(map(self._depayload, payloads))


def shapes(pictures: list[av.VideoFrame]) -> list[tuple[int, int]]:
    return [(picture.width, picture.height) for picture in pictures]


@pytest.mark.parametrize("codec", TOO_LARGE)
def test_each_frame_is_decoded_at_once_and_may_change_its_size(codec: str) -> None:
    decoder, camera = FrameDecoder(), Camera(codec)
    sizes = [(128, 96)] * 3 + [(96, 128)] * 3
    decoded = [decoder.decode(codec, camera.encode(*size), k) for k, size in enumerate(sizes)]
    assert [shapes(pictures) for pictures, _ in decoded] == [[size] for size in sizes]
    assert not any(needs_key for _, needs_key in decoded)
    assert decoder.refused.total() == 0


@pytest.mark.parametrize("codec", TOO_LARGE)
def test_after_a_frame_that_is_refused_nothing_is_decoded_until_a_key_frame(codec: str) -> None:
    decoder, camera = FrameDecoder(), Camera(codec)
    assert shapes(decoder.decode(codec, camera.encode(), 0)[0]) == [(128, 96)]
    assert decoder.decode(codec, TOO_LARGE[codec], 1) == ([], False)
    assert decoder.decode(codec, camera.encode(), 2) == ([], False)
    assert shapes(decoder.decode(codec, camera.encode(key=True), 3)[0]) == [(128, 96)]
    assert dict(decoder.refused) == {"size": 1}


@pytest.mark.parametrize("codec", TOO_LARGE)
def test_after_garbage_a_key_frame_is_asked_for_and_decoding_goes_on(codec: str) -> None:
    decoder, camera = FrameDecoder(), Camera(codec)
    garbage = {"VP8": vp8_cut_off_frame(64, 64), "H264": b"\0\0\1\x65" + b"\x55" * 99}[codec]
    for k in range(5):
        assert decoder.decode(codec, garbage, k) == ([], True)
    assert shapes(decoder.decode(codec, camera.encode(key=True), 6)[0]) == [(128, 96)]
    assert dict(decoder.refused) == {"undecodable": 5}


def test_pictures_of_vp8_are_those_of_libvpx_bit_for_bit() -> None:
    decoder, camera = FrameDecoder(), Camera("VP8")
    reference = av.CodecContext.create("libvpx", "r")
    assert isinstance(reference, av.VideoCodecContext)
    for k in range(24):
        frame = camera.encode_moving(k)
        (picture,), _ = decoder.decode("VP8", frame, k)
        (expected,) = reference.decode(av.Packet(frame))
        assert np.array_equal(picture.to_ndarray(), expected.to_ndarray()), f"frame {k}"


def test_a_codec_without_a_decoder_is_counted_and_not_raised() -> None:
    decoder = FrameDecoder()
    assert decoder.decode("AV1", b"\1", 0) == ([], True)
    assert dict(decoder.refused) == {"undecodable": 1}


def test_ffmpeg_refuses_a_size_that_we_do_not_see() -> None:
    """FFmpeg may find parameters where we do not look for any."""
    context = FrameDecoder()._open("H264")
    assert context.thread_count == 1
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 1920, 1936, "yuv420p"
    encoder.time_base = Fraction(1, 30)
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency"}
    (packet,) = encoder.encode(av.VideoFrame(1920, 1936))
    with pytest.raises(av.FFmpegError):
        context.decode(packet)


def test_frames_have_a_rate_and_a_burst() -> None:
    now, camera = Time(), Camera("VP8")
    decoder = FrameDecoder(now)
    frame = camera.encode(16, 16, key=True)
    burst = int(MAX_FRAMES_PER_S * BURST_S)
    decoded = [decoder.decode("VP8", frame, k) for k in range(burst + 5)]
    assert sum(len(pictures) for pictures, _ in decoded) == burst
    assert [needs_key for _, needs_key in decoded] == [False] * burst + [True] * 5
    now.s += 1
    assert len(decoder.decode("VP8", frame, burst)[0]) == 1
    assert dict(decoder.refused) == {"rate": 5}


def test_decoding_takes_half_a_processor_at_most() -> None:
    now = Time()
    used = iter(range(0, 1000, 1))  # a second of processor time for each look
    decoder = FrameDecoder(now, lambda: float(next(used)))
    frame = Camera("VP8").encode(16, 16, key=True)
    decoded = 0
    for k in range(100):
        now.s += 0.25
        decoded += len(decoder.decode("VP8", frame, k)[0])
    assert decoded == pytest.approx(25 * 0.5 + BURST_S * 0.5, abs=1)
    assert decoder.refused["cost"] == 100 - decoded
