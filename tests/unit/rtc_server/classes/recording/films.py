"""A teacher's encoded pictures and sound, for tests, and what is found in a recording."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np

from rtc_server.sync.lesson_clock import LessonClock
from rtc_server.webrtc.live.frames import AUDIO_HZ, VIDEO_HZ, LiveFrame, LiveSound

FPS, SOUNDS_PER_S = 30, 50
ENCODERS = {
    "VP8": ("libvpx", {"deadline": "realtime", "cpu-used": "8"}),
    "H264": ("libx264", {"tune": "zerolatency", "profile": "baseline", "preset": "ultrafast"}),
}


@cache
def encode(codec: str, frames: int = 15, width: int = 160, height: int = 96) -> tuple[bytes, ...]:
    """Frames of grey that grows lighter; only the first is a key frame."""
    name, options = ENCODERS[codec]
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.options, encoder.gop_size = Fraction(1, FPS), options, 1000
    found: list[bytes] = []
    for k in range(frames):
        picture = av.VideoFrame.from_ndarray(np.full((height, width, 3), 8 * k % 255, np.uint8))
        picture.pts = k
        found += map(bytes, encoder.encode(picture))
    return (*found, *map(bytes, encoder.encode(None)))


@cache
def encode_silence() -> bytes:
    """20 ms of Opus."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = AUDIO_HZ, "stereo", av.AudioFormat("s16")
    packets: list[bytes] = []
    for k in range(3):
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 2 * 960), np.int16), "s16", "stereo")
        sound.sample_rate, sound.pts = AUDIO_HZ, 960 * k
        packets += map(bytes, encoder.encode(sound))
    return packets[-1]


@dataclass
class Dance:
    """A class's clock, and a teacher who is filmed."""

    now_s: float = 100.0

    def __post_init__(self) -> None:
        self.clock = LessonClock(7200.0, self.now_s)

    def play(self) -> None:
        self.clock.play(self.now_s)

    def pause(self) -> None:
        self.clock.pause(self.now_s)

    def frame(self, data: bytes, *, key: bool, codec: str = "VP8") -> LiveFrame:
        """The next frame, 1/30 s after the one before."""
        self.now_s += 1 / FPS
        return LiveFrame((data,), round(self.now_s * VIDEO_HZ), key, codec)

    def sound(self, *, late_s: float = 0.0) -> LiveSound:
        """A packet that was captured now, or before."""
        return LiveSound(encode_silence(), round((self.now_s - late_s) * AUDIO_HZ))


@dataclass
class Found:
    """What is in a file."""

    frames_s: list[float]
    sounds_s: list[float]
    sizes: list[tuple[int, int]]


def look_into(path: Path) -> Found:
    """Decode all of a recording."""
    with av.open(str(path)) as file:
        frames = list(file.decode(video=0))
    with av.open(str(path)) as file:
        sounds = [packet for packet in file.demux(audio=0) if packet.pts is not None]
    return Found(
        [float(frame.time or 0.0) for frame in frames],
        [float((sound.pts or 0) * sound.time_base) for sound in sounds],
        [(frame.width, frame.height) for frame in frames],
    )
