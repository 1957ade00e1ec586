"""Measures how much faster a long video is prepared with several workers, and compares the bytes.

    python bench/authoring/workers.py [--seconds 600] [--source VIDEO] [--workers 1 2]

The video is --source (by default the demo's) over and over, its packets copied. It is made a lesson
by `lesson add` in a process of its own: on one core with one worker ("one-core": what one thread
takes), and with each number of workers on all cores, where encoding runs beside them. Printed
are wall and processor seconds, the ratio to the first row, and whether all files of the lesson are
the same as its. Each figure includes the process's start. Compare only figures of one run, with
nothing else on the cores.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av

ROOT = Path(__file__).resolve().parents[2]
GAP_S = Fraction(1, 10)  # between two copies: audio lasts a little longer than the picture
ONE_CORE = "one-core"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--seconds", type=int, default=600, help="length of the video")
    add("--source", type=Path, default=ROOT / "rtc_server/demo/demo.mp4", help="a video to loop")
    add("--workers", type=int, nargs="+", default=[1, 2], help="numbers of workers to compare")
    add("--skip-one-core", action="store_true", help="leave out the row on one core")
    args = parser.parse_args()
    rows = [*([] if args.skip_one_core else [ONE_CORE]), *map(str, args.workers)]
    print("workers | wall s | cpu s | times as fast | same bytes", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        video = loop_packets(args.source, Path(folder) / "long.mp4", args.seconds)
        first: tuple[float, str] | None = None
        for row in rows:
            wall_s, cpu_s, digest = measure(video, Path(folder) / row, row)
            first = first or (wall_s, digest)
            ratio, same = first[0] / wall_s, "yes" if digest == first[1] else "NO"
            print(f"{row} | {wall_s:.1f} | {cpu_s:.1f} | {ratio:.2f} | {same}", flush=True)


def loop_packets(source: Path, target: Path, seconds: int) -> Path:
    """Write the source's packets over and over, until it lasts that long."""
    with av.open(str(target), "w") as container:
        outputs = None
        begin = Fraction(0)
        while begin < seconds:
            with av.open(str(source)) as copied:
                inputs = [*copied.streams.video[:1], *copied.streams.audio[:1]]
                outputs = outputs or [container.add_stream_from_template(one) for one in inputs]
                target_of = {one.index: out for one, out in zip(inputs, outputs, strict=True)}
                end = begin
                for packet in copied.demux(inputs):
                    if packet.pts is None or packet.dts is None:
                        continue
                    shift = round(begin / packet.time_base)
                    end = max(end, begin + (packet.pts + (packet.duration or 0)) * packet.time_base)
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = target_of[packet.stream.index]
                    container.mux(packet)
            begin = end + GAP_S
    return target


def measure(video: Path, lessons: Path, row: str) -> tuple[float, float, str]:
    """Wall and processor seconds of `lesson add`, and a digest of all files of the lesson."""
    workers = "1" if row == ONE_CORE else row
    command = ["lesson", "add", str(video), "--id", "bench", "--lessons", str(lessons)]
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "run.py", *command, "--workers", workers],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=use_one_core if row == ONE_CORE else None,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.monotonic() - began
    if status:
        raise SystemExit(f"{' '.join(command)} failed; run it by hand to see why")
    return wall_s, usage.ru_utime + usage.ru_stime, digest_of(lessons / "bench")


def use_one_core() -> None:
    """Let this process and its threads run on one core only."""
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])


def digest_of(folder: Path) -> str:
    """The sha256 of all files with their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
