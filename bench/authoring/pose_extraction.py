"""Measures how fast poses are extracted from a video, and how much memory that takes, by codec.

    python bench/authoring/pose_extraction.py [--codec h264 hevc vp9] [--size 1920x1080]
        [--seconds 20 60] [--lesson] [--against CHECKOUT]

For each codec and each length it makes a video (by looping --source, by default the demo lesson),
finds the poses in it, and prints wall and processor seconds, how many times faster than real time
that is, and the peak memory. Each is measured twice: with the decoder skipping frames that are not
needed ("seen"), and with all frames decoded ("all"). --lesson builds a whole lesson of the video,
with an audio click a second. --against also measures another checkout of the code.

Each figure is that of a process of its own, including its start. Compare only figures of one run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
FPS = 30
AUDIO_HZ = 48_000
# The codec's encoder, its options, and the container's suffix.
CODECS = {
    "h264": ("libx264", {"preset": "veryfast", "crf": "20", "x264-params": "bframes=3"}, ".mp4"),
    "hevc": ("libx265", {"preset": "veryfast", "x265-params": "log-level=error"}, ".mp4"),
    "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "7"}, ".webm"),
    "av1": ("libsvtav1", {"preset": "11"}, ".mp4"),
    "mpeg4": ("mpeg4", {"qscale": "4", "bf": "2"}, ".mp4"),
}
DECODE_ALL = (
    "from rtc_server.authoring import frame_skipping; frame_skipping.CODECS = frozenset()\n"
)
RUN_CLI = "import sys; from rtc_server.cli import main; sys.exit(main(sys.argv[1:]))"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--codec", nargs="+", choices=CODECS, default=["h264"], help="codecs of the video")
    add("--size", default="1920x1080", metavar="WxH", help="size of the video")
    add("--seconds", type=int, nargs="+", default=[20, 60], help="lengths of the video")
    add("--fps", type=float, default=5, help="poses a second")
    add("--source", type=Path, default=ROOT / "rtc_server/demo/demo.mp4", help="a video to loop")
    add("--lesson", action="store_true", help="build a lesson, do not only extract poses")
    add("--against", type=Path, metavar="CHECKOUT", help="also measure another checkout")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    args = parser.parse_args()
    width, height = map(int, args.size.split("x"))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for codec in args.codec:
            for seconds in args.seconds:
                video = Path(folder) / f"{codec}-{seconds}{CODECS[codec][2]}"
                write_video(video, codec, (width, height), seconds, args.source)
                row = {"codec": codec, "size": args.size, "video s": seconds}
                for code in [ROOT, *([args.against] if args.against else [])]:
                    for decode_all in (False, True):
                        rows.append(row | measure(code, video, seconds, args, decode_all))
                        print_row(rows)
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def write_video(path: Path, codec: str, size: tuple[int, int], seconds: int, source: Path) -> None:
    """Write the source over and over, scaled to fit and centred in the frame."""
    name, options, _ = CODECS[codec]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(name, rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        audio = container.add_stream("libopus", rate=AUDIO_HZ, layout="mono")
        for k, frame in zip(range(seconds * FPS), loop_frames(source, size), strict=False):
            frame.pts, frame.time_base = k, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        for block in generate_clicks(seconds):
            container.mux(audio.encode(block))
        container.mux(audio.encode(None))


def generate_clicks(seconds: int) -> Iterator[av.AudioFrame]:
    """Generate a click a second over a tone, so that there is something to slow down."""
    times_s = np.arange(AUDIO_HZ) / AUDIO_HZ
    second = 0.1 * np.sin(2 * np.pi * 220 * times_s) + 0.5 * np.exp(-times_s * 200)
    for k in range(seconds * AUDIO_HZ // 960):
        samples = second.astype(np.float32)[None, k * 960 % AUDIO_HZ :][:, :960]
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "flt", "mono")
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_HZ, k * 960, Fraction(1, AUDIO_HZ)
        yield frame


def loop_frames(source: Path, size: tuple[int, int]) -> Iterator[av.VideoFrame]:
    """Loop a video's frames, keeping their aspect ratio and filling the sides with their edges."""
    import cv2

    while True:
        with av.open(str(source)) as container:
            for frame in container.decode(video=0):
                scale = min(size[0] / frame.width, size[1] / frame.height)
                width, height = int(frame.width * scale), int(frame.height * scale)
                image = frame.reformat(width, height, "bgr24").to_ndarray()
                left, top = (size[0] - width) // 2, (size[1] - height) // 2
                right, bottom = size[0] - width - left, size[1] - height - top
                sides = (top, bottom, left, right)
                image = cv2.copyMakeBorder(image, *sides, cv2.BORDER_REFLECT_101)
                yield av.VideoFrame.from_ndarray(image, format="bgr24")


def measure(
    code: Path, video: Path, seconds: int, args: argparse.Namespace, decode_all: bool
) -> dict[str, Any]:
    """Run one command in a process of its own."""
    with tempfile.TemporaryDirectory() as out:
        command = (
            ["lesson", "add", str(video), "--id", "bench", "--lessons", out]
            if args.lesson
            else ["extract", str(video), "--csv", f"{out}/a.csv"]
        )
        command += ["--fps", str(args.fps)]
        program = (DECODE_ALL if decode_all else "") + RUN_CLI
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-c", program, *command],
            cwd=code,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
    if status:
        raise SystemExit(f"{' '.join(command)} failed; run it by hand to see why")
    return {
        "code": "this" if code == ROOT else code.name,
        "decoded": "all" if decode_all else "seen",
        "wall s": round(wall, 1),
        "times real time": round(seconds / wall, 2),
        "cpu s": round(usage.ru_utime + usage.ru_stime, 1),
        "peak MB": round(usage.ru_maxrss / 1024),
    }


def print_row(rows: list[dict[str, Any]]) -> None:
    if len(rows) == 1:
        print(" | ".join(rows[0]))
    print(" | ".join(str(value) for value in rows[-1].values()), flush=True)


if __name__ == "__main__":
    main()
