"""`python -m tools.dancer`: render a learner, good or bad, to a file."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from tools.dancer import perturbations, scene
from tools.dancer.body import LOOKS, body
from tools.dancer.camera import Camera
from tools.dancer.choreography import CHOREOGRAPHIES
from tools.dancer.motion import Motion
from tools.dancer.video_files import write


def main(arguments: list[str] | None = None) -> int:
    """Render what the command line asks for; the exit status."""
    asked = _parser().parse_args(arguments)
    if asked.scene == "black":
        stage = scene.Scene((), Camera(asked.size), asked.fps, asked.seconds or 24.0, False)
    else:
        stage = _stage(asked)
    try:
        count = write(asked.out, stage.frames(), asked.fps)
    except (OSError, ValueError) as error:
        print(f"tools.dancer: {error}", file=sys.stderr)
        return 1
    if asked.truth is not None:
        np.savez_compressed(asked.truth, t_s=stage.times_s, xy=stage.truth())
    print(
        f"{asked.out}: {count} frames of {asked.size[0]}×{asked.size[1]} at {asked.fps:g} a second"
    )
    return 0


def _stage(asked: argparse.Namespace) -> scene.Scene:
    who = body(asked.body)
    camera = scene.camera_for(who, asked.size, asked.zoom)
    stage = scene.render(
        asked.choreography,
        asked.body,
        change=_changes(asked),
        camera=replace(camera, yaw_deg=asked.yaw),
        fps=asked.fps,
        duration_s=asked.seconds,
    )
    if asked.scene == "bystander":
        return scene.with_bystander(stage)
    return replace(stage, actors=()) if asked.scene == "empty" else stage


def _changes(asked: argparse.Namespace) -> Callable[[Motion], Motion]:
    """All perturbations that were asked for, one after another; the delay comes last."""
    steps: list[Callable[[Motion], Motion]] = []
    if asked.wrong_arms:
        steps.append(perturbations.arms_swapped)
    steps += [partial(perturbations.arm_still, side=side) for side in asked.still if side != "legs"]
    if "legs" in asked.still:
        steps.append(perturbations.legs_still)
    if asked.mirror:
        steps.append(perturbations.mirrored)
    steps.append(partial(perturbations.scaled, amplitude=asked.amplitude))
    if asked.loose_deg:
        steps.append(partial(perturbations.loose, degrees=asked.loose_deg))
    steps.append(partial(perturbations.delayed, delay_s=asked.delay_ms / 1000))

    def change(motion: Motion) -> Motion:
        for step in steps:
            motion = step(motion)
        return motion

    return change


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tools.dancer", description=__doc__)
    add = parser.add_argument
    add("--out", type=Path, required=True, help="the file: .mp4, .y4m or .mjpeg")
    add("--choreography", choices=sorted(CHOREOGRAPHIES), default="sunrise")
    add("--body", choices=sorted(LOOKS), default="tall")
    add("--scene", choices=("dancer", "bystander", "empty", "black"), default="dancer")
    add("--size", type=_size, default=(480, 640), metavar="WxH", help="default 480x640")
    add("--fps", type=float, default=30.0)
    add("--seconds", type=float, help="default: the whole dance")
    add("--delay-ms", type=float, default=0.0, help="late by this much; negative is early")
    add("--amplitude", type=float, default=1.0, help="1 whole-hearted, 0.5 half, 0 stands still")
    add("--mirror", action="store_true", help="exchange left and right")
    add("--wrong-arms", action="store_true", help="exchange only the arms")
    add(
        "--still", choices=("left", "right", "legs"), nargs="*", default=[], help="what hangs still"
    )
    add("--loose-deg", type=float, default=0.0, help="own style: angles wander by this much")
    add("--zoom", type=float, default=1.0, help="below 1: farther away")
    add("--yaw", type=float, default=0.0, help="degrees the camera walks around the dancer")
    add("--truth", type=Path, metavar="NPZ", help="also write t_s (n,) and xy (n, 18, 2) pixels")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or int(width) % 2 or int(height) % 2:
        raise argparse.ArgumentTypeError(f"expected WxH, both even, got {text!r}")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
