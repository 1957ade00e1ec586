"""What lessons are encoded into: the picture at two bit rates, the sound slowed down.

    python bench/authoring/renditions.py [--video FILE] [--seconds 8] [--beats 60]

For each rendition of the picture: processor time a picture, kbit/s, PSNR of its luma against the
video (mean, at key frames) and its largest packet. For each rate of the sound: processor time a
second of it, and how early (-) or late (+) beats with a known place are heard, in ms of what is
heard, over several kinds of sound; also of FFmpeg's `atempo`, which it is compared with.
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
NEAR_S = 0.06  # a beat is looked for this far from its place

Mono = NDArray[np.float64]
Slow = Callable[[NDArray[np.int16], float], NDArray[np.int16]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--video", type=Path, default=ROOT / "rtc_server/demo/demo.mp4")
    parser.add_argument("--seconds", type=int, default=8, help="of the video")
    parser.add_argument("--beats", type=int, default=60, help="of the sound, one a second")
    args = parser.parse_args()
    format = choose_format(probe(args.video))
    pictures = list(islice(convert_frames(args.video, format), args.seconds * format.fps))
    print(f"{format.width}×{format.height} at {format.fps}: {len(pictures)} pictures")
    print("rendition | CPU ms a picture | kbit/s | PSNR | at key frames | largest packet")
    for name in VIDEO_RENDITIONS:
        print(" | ".join([name, *picture_row(name, format, [frame for frame, _ in pictures])]))
    print("\nsound | rate | by | CPU ms a second | median ms | 5 to 95 % | least, most")
    at_s = np.arange(args.beats) + np.random.default_rng(3).uniform(0.1, 0.6, args.beats)
    for name, sound in sounds(at_s).items():
        for rate in (0.75, 0.5):
            for by, slow in (("ours", ours), ("atempo", atempo)):
                print(" | ".join([name, str(rate), by, *sound_row(sound, at_s, rate, slow)]))


def picture_row(name: str, format: VideoFormat, frames: list[av.VideoFrame]) -> Iterator[str]:
    """One rendition's figures."""
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
    psnr = np.array([likeness(a, b) for a, b in zip(frames, shown, strict=True)])
    yield f"{spent_s / len(frames) * 1e3:.2f}"
    yield f"{sum(sizes) * 8 * format.fps / len(sizes) / 1e3:.0f}"
    yield f"{psnr.mean():.1f}"
    yield f"{psnr[:: format.fps].mean():.1f}"
    yield f"{max(sizes)}"


def likeness(one: av.VideoFrame, two: av.VideoFrame) -> float:
    """PSNR of the luma, dB."""
    luma = [f.to_ndarray(format="yuv420p")[: f.height].astype(np.float64) for f in (one, two)]
    return float(10 * np.log10(255**2 / np.mean((luma[0] - luma[1]) ** 2)))


def sounds(at_s: Mono) -> dict[str, Mono]:
    """Kinds of sound with something that sets in at each of `at_s`."""
    rng = np.random.default_rng(3)
    length = round((at_s[-1] + 1) * HZ)
    t = np.arange(HZ // 4) / HZ
    click = np.where(t < 0.01, 0.9 * np.sin(2 * np.pi * 1000 * t), 0)
    hat = rng.normal(0, 0.25, len(t)) * np.exp(-t * 80)
    kick = np.sin(2 * np.pi * (55 * t - np.exp(-t * 30))) * np.exp(-t * 12)
    snare = (rng.normal(0, 0.5, len(t)) + 0.5 * np.sin(2 * np.pi * 190 * t)) * np.exp(-t * 20)
    long_t = np.arange(length) / HZ
    chord = sum(0.04 * np.sin(2 * np.pi * hz * long_t + hz) for hz in (110, 220, 277.2, 329.6))
    return {
        "clicks in silence": placed(click, at_s, length),
        "clicks in noise, -60 dB": placed(click, at_s, length) + rng.normal(0, 0.001, length),
        "drum": placed(0.7 * kick + hat, at_s, length),
        "drum over a chord": placed(0.5 * kick + hat, at_s, length) + chord,
        "snare over a chord": placed(0.6 * snare, at_s, length) + chord,
    }


def placed(one: Mono, at_s: Mono, length: int) -> Mono:
    """The same thing at each place."""
    sound = np.zeros(length)
    for t in at_s:
        first = round(t * HZ)
        sound[first : first + len(one)] += one[: length - first]
    return sound


def sound_row(sound: Mono, at_s: Mono, rate: float, slow: Slow) -> Iterator[str]:
    """How far from their places the beats are heard."""
    mono = np.clip(sound, -1, 1)
    began_s = time.process_time()
    slowed = slow((np.stack([mono, mono], axis=1) * 32767).astype(np.int16), rate)[:, 0]
    spent_s = time.process_time() - began_s
    was_s = heard_at(mono, at_s)
    late_ms = (heard_at(slowed / 32768, at_s / rate) - was_s / rate) * 1e3
    yield f"{spent_s / len(mono) * HZ * 1e3:.1f}"
    yield f"{np.median(late_ms):+.1f}"
    yield "{:+.1f} to {:+.1f}".format(*np.percentile(late_ms, (5, 95)))
    yield f"{late_ms.min():+.1f}, {late_ms.max():+.1f}"


def heard_at(sound: Mono, near_s: Mono) -> Mono:
    """When each beat begins: where the sound is first steep, bass left out."""
    sharp = np.convolve(np.diff(sound, 2) ** 2, np.ones(24) / 24, "same")
    found = []
    for t in near_s:
        first = max(0, round((t - NEAR_S) * HZ))
        around = sharp[first : round((t + NEAR_S) * HZ)]
        found.append((first + int(np.argmax(around > 0.3 * around.max()))) / HZ)
    return np.array(found)


def ours(sound: NDArray[np.int16], rate: float) -> NDArray[np.int16]:
    """Slowed by what lessons are made with."""
    stretcher = TimeStretcher(rate)
    parts = [stretcher.add(sound[at : at + HZ]) for at in range(0, len(sound), HZ)]
    return np.concatenate([*parts, stretcher.finish()])


def atempo(sound: NDArray[np.int16], rate: float) -> NDArray[np.int16]:
    """Slowed by FFmpeg's filter."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=HZ, format="s16", layout="stereo", time_base=Fraction(1, HZ)
    )
    graph.link_nodes(source, graph.add("atempo", str(rate)), graph.add("abuffersink")).configure()
    parts = []
    for at in [*range(0, len(sound), 1024), None]:
        frame = None
        if at is not None:
            block = np.ascontiguousarray(sound[at : at + 1024]).reshape(1, -1)
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
