"""Measures the renditions of a lesson: the video at two bit rates, the audio slowed down.

    python bench/authoring/renditions.py [--video FILE] [--seconds 8] [--beats 60]

For each rendition of the video it prints processor time a frame, kbit/s, the PSNR of the luma
against the source (mean, and at key frames) and the largest packet.

For each rate of the audio it prints processor time for a second of it, and how early (-) or late
(+) beats with a known position are heard, in ms of what is heard, for several kinds of audio. The
same is measured for FFmpeg's `atempo`, for comparison.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import av.filter
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from rtc_server.authoring.codecs import VideoFormat, choose_format, create_encoder  # noqa: E402
from rtc_server.authoring.frame_sampler import probe  # noqa: E402
from rtc_server.authoring.time_stretch import TimeStretcher  # noqa: E402
from rtc_server.authoring.transcode import convert_frames, stamp_frame  # noqa: E402
from rtc_server.lessons.codecs import VIDEO_RENDITIONS, video_codec_of  # noqa: E402

HZ = 48_000
SEARCH_S = 0.06  # a beat is searched within this distance of its position

Mono = NDArray[np.float64]
SlowDown = Callable[[NDArray[np.int16], float], NDArray[np.int16]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--video", type=Path, default=ROOT / "rtc_server/demo/demo.mp4", help="default: the demo"
    )
    parser.add_argument("--seconds", type=int, default=8, help="how much of the video")
    parser.add_argument(
        "--beats", type=int, default=60, help="how many beats of audio, one a second"
    )
    args = parser.parse_args()
    format = choose_format(probe(args.video))
    frames = [f for f, _ in islice(convert_frames(args.video, format), args.seconds * format.fps)]
    print(f"{format.width}×{format.height} at {format.fps}: {len(frames)} frames")
    print("rendition | CPU ms a frame | kbit/s | PSNR | at key frames | largest packet")
    for name in VIDEO_RENDITIONS:
        print(" | ".join([name, *measure_video(name, format, frames)]))
    print("\naudio | rate | by | CPU ms a second | median ms | 5 to 95 % | least, most")
    beats_s = np.arange(args.beats) + np.random.default_rng(3).uniform(0.1, 0.6, args.beats)
    for name, audio in generate_audio(beats_s).items():
        for rate in (0.75, 0.5):
            for by, slow_down in (("ours", slow_down_ours), ("atempo", slow_down_atempo)):
                print(
                    " | ".join(
                        [name, str(rate), by, *measure_audio(audio, beats_s, rate, slow_down)]
                    )
                )


def measure_video(name: str, format: VideoFormat, frames: list[av.VideoFrame]) -> Iterator[str]:
    """Encode the frames as one rendition; give the columns of its row."""
    context = create_encoder(name, format)
    context.open()
    began_s, packets = time.process_time(), []
    for k, frame in enumerate(frames):
        stamp_frame(frame, k, format.fps)
        packets += context.encode(frame)
    packets += context.encode(None)
    spent_s = time.process_time() - began_s
    sizes = [packet.size for packet in packets]
    decoder = av.CodecContext.create(video_codec_of(name).name, "r")
    shown = [f for p in [*packets, None] for f in decoder.decode(p and av.Packet(bytes(p)))]
    psnr = np.array([psnr_of(a, b) for a, b in zip(frames, shown, strict=True)])
    yield f"{spent_s / len(frames) * 1e3:.2f}"
    yield f"{sum(sizes) * 8 * format.fps / len(sizes) / 1e3:.0f}"
    yield f"{psnr.mean():.1f}"
    yield f"{psnr[:: format.fps].mean():.1f}"
    yield f"{max(sizes)}"


def psnr_of(one: av.VideoFrame, two: av.VideoFrame) -> float:
    """The PSNR of two frames' luma, in dB."""
    luma = [f.to_ndarray(format="yuv420p")[: f.height].astype(np.float64) for f in (one, two)]
    return float(10 * np.log10(255**2 / np.mean((luma[0] - luma[1]) ** 2)))


def generate_audio(beats_s: Mono) -> dict[str, Mono]:
    """Generate several kinds of audio with a beat at each of these times."""
    rng = np.random.default_rng(3)
    length = round((beats_s[-1] + 1) * HZ)
    t = np.arange(HZ // 4) / HZ
    click = np.where(t < 0.01, 0.9 * np.sin(2 * np.pi * 1000 * t), 0)
    hat = rng.normal(0, 0.25, len(t)) * np.exp(-t * 80)
    kick = np.sin(2 * np.pi * (55 * t - np.exp(-t * 30))) * np.exp(-t * 12)
    snare = (rng.normal(0, 0.5, len(t)) + 0.5 * np.sin(2 * np.pi * 190 * t)) * np.exp(-t * 20)
    long_t = np.arange(length) / HZ
    chord = sum(0.04 * np.sin(2 * np.pi * hz * long_t + hz) for hz in (110, 220, 277.2, 329.6))
    return {
        "clicks in silence": place_at(click, beats_s, length),
        "clicks in noise, -60 dB": place_at(click, beats_s, length) + rng.normal(0, 0.001, length),
        "drum": place_at(0.7 * kick + hat, beats_s, length),
        "drum over a chord": place_at(0.5 * kick + hat, beats_s, length) + chord,
        "snare over a chord": place_at(0.6 * snare, beats_s, length) + chord,
    }


def place_at(sound: Mono, times_s: Mono, length: int) -> Mono:
    """Repeat a sound at each of these times."""
    audio = np.zeros(length)
    for t in times_s:
        first = round(t * HZ)
        audio[first : first + len(sound)] += sound[: length - first]
    return audio


def measure_audio(audio: Mono, beats_s: Mono, rate: float, slow_down: SlowDown) -> Iterator[str]:
    """Slow the audio down; give the columns of its row."""
    mono = np.clip(audio, -1, 1)
    began_s = time.process_time()
    slowed = slow_down((np.stack([mono, mono], axis=1) * 32767).astype(np.int16), rate)[:, 0]
    spent_s = time.process_time() - began_s
    original_s = find_beats(mono, beats_s)
    late_ms = (find_beats(slowed / 32768, beats_s / rate) - original_s / rate) * 1e3
    yield f"{spent_s / len(mono) * HZ * 1e3:.1f}"
    yield f"{np.median(late_ms):+.1f}"
    yield "{:+.1f} to {:+.1f}".format(*np.percentile(late_ms, (5, 95)))
    yield f"{late_ms.min():+.1f}, {late_ms.max():+.1f}"


def find_beats(audio: Mono, near_s: Mono) -> Mono:
    """Find when each beat begins: where the audio, without its bass, first becomes steep."""
    sharp = np.convolve(np.diff(audio, 2) ** 2, np.ones(24) / 24, "same")
    found = []
    for t in near_s:
        first = max(0, round((t - SEARCH_S) * HZ))
        around = sharp[first : round((t + SEARCH_S) * HZ)]
        found.append((first + int(np.argmax(around > 0.3 * around.max()))) / HZ)
    return np.array(found)


def slow_down_ours(audio: NDArray[np.int16], rate: float) -> NDArray[np.int16]:
    """Slow down as lessons are made."""
    stretcher = TimeStretcher(rate)
    parts = [stretcher.add(audio[at : at + HZ]) for at in range(0, len(audio), HZ)]
    return np.concatenate([*parts, stretcher.finish()])


def slow_down_atempo(audio: NDArray[np.int16], rate: float) -> NDArray[np.int16]:
    """Slow down with FFmpeg's filter."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=HZ, format="s16", layout="stereo", time_base=Fraction(1, HZ)
    )
    graph.link_nodes(source, graph.add("atempo", str(rate)), graph.add("abuffersink")).configure()
    parts = []
    for at in [*range(0, len(audio), 1024), None]:
        frame = None
        if at is not None:
            block = np.ascontiguousarray(audio[at : at + 1024]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = HZ, at, Fraction(1, HZ)
        graph.push(frame)
        while True:
            try:
                parts.append(graph.pull().to_ndarray().reshape(-1, 2))
            except (av.BlockingIOError, av.EOFError):
                break
    return np.concatenate(parts)


if __name__ == "__main__":
    main()
