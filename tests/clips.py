"""Small videos for tests: what is in which frame, and when it is shown, is known exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec.context import Flags
from numpy.typing import NDArray

STEP = 8  # grey levels between one frame and the next: more than a codec blurs
CLOCK = 90_000
SOUND_HZ = 48_000


def grey_of(index: int) -> int:
    """The grey level of frame `index`; repeats after 26 frames."""
    return 24 + STEP * (index % 26)


def index_of(image: NDArray[np.uint8]) -> int:
    """Which frame (modulo 26) a picture shows; colours lose up to 4 levels on their way."""
    return round((float(np.median(image)) - 24 + 2) / STEP)


def write_clip(
    path: Path,
    times_s: Sequence[float] | Sequence[Fraction],
    *,
    size: tuple[int, int] = (64, 48),
    last_s: float = 1 / 30,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    rotation: int = 0,
    mark: bool = False,
    clicks_s: Sequence[float] = (),
    sound_s: float = 0.0,
    tone_hz: float = 0.0,
    key_every: int | None = None,
) -> Path:
    """Write a video whose frame k is of grey `grey_of(k)` and shown from times_s[k] on.

    `mark` puts white into the upper left corner. `rotation` is a display matrix's, counter-
    clockwise degrees. `sound_s` seconds of silence, or of a tone, hold a click at each of
    `clicks_s`.
    """
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=30)
        video.width, video.height, video.pix_fmt = *size, pix_fmt
        video.codec_context.time_base = Fraction(1, CLOCK)
        video.codec_context.max_b_frames = 0
        video.codec_context.flags |= Flags.frame_duration
        if codec == "libx264":  # by default it saves itself small changes of grey
            video.codec_context.options = {"crf": "4", "preset": "ultrafast"}
        if key_every:
            video.codec_context.gop_size = key_every
        if rotation:
            video.set_display_rotation(rotation)
        sound = container.add_stream("aac", rate=SOUND_HZ, layout="mono") if sound_s else None
        ends = [*times_s[1:], float(times_s[-1]) + last_s]
        for k, (start, end) in enumerate(zip(times_s, ends, strict=True)):
            frame = av.VideoFrame.from_ndarray(_picture(k, size, mark), format="bgr24")
            frame.pts, frame.time_base = round(start * CLOCK), Fraction(1, CLOCK)
            frame.duration = round((end - start) * CLOCK)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if sound is not None:
            for block in _sound_frames(clicks_s, sound_s, tone_hz):
                container.mux(sound.encode(block))
            container.mux(sound.encode(None))
    return path


def write_sound_only(path: Path, seconds: float = 1.0) -> Path:
    """Write a file with sound and no picture."""
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=SOUND_HZ, layout="mono")
        for block in _sound_frames([], seconds):
            container.mux(sound.encode(block))
        container.mux(sound.encode(None))
    return path


def _picture(k: int, size: tuple[int, int], mark: bool) -> NDArray[np.uint8]:
    width, height = size
    image = np.full((height, width, 3), grey_of(k), np.uint8)
    if mark:
        image[: height // 3, : width // 3] = 255
    return image


def _sound_frames(
    clicks_s: Sequence[float], seconds: float, tone_hz: float = 0.0
) -> list[av.AudioFrame]:
    times_s = np.arange(round(seconds * SOUND_HZ)) / SOUND_HZ
    samples = (0.1 * np.sin(2 * np.pi * tone_hz * times_s)).astype(np.float32)
    tone = 0.9 * np.sin(np.arange(480) * 2 * np.pi * 1000 / SOUND_HZ)
    for click_s in clicks_s:
        at = round(click_s * SOUND_HZ)
        samples[at : at + len(tone)] = tone[: len(samples) - at]
    frames = []
    for at in range(0, len(samples), 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + 1024], "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_HZ, at, Fraction(1, SOUND_HZ)
        frames.append(frame)
    return frames
