"""Renders a learner, good or bad, to a video file.

    python -m tools.dancer --out late.mp4 --delay-ms 300
    python -m tools.dancer --out lazy.y4m --amplitude 0.5 --still legs --truth lazy.npz

The learner dances a lesson's choreography with the mistakes that the options describe. Use the file
as a test learner (`run.py client --camera FILE`) or as Chromium's fake camera (.y4m, .mjpeg).
"""

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
    """Render what the command line asks for; return the exit status."""
    args = _parser().parse_args(arguments)
    if args.scene == "black":
        stage = scene.Scene((), Camera(args.size), args.fps, args.seconds or 24.0, False)
    else:
        stage = _stage(args)
    try:
        count = write(args.out, stage.frames(), args.fps)
    except (OSError, ValueError) as error:
        print(f"tools.dancer: {error}", file=sys.stderr)
        return 1
    if args.truth is not None:
        np.savez_compressed(args.truth, t_s=stage.times_s, xy=stage.truth())
    print(f"{args.out}: {count} frames of {args.size[0]}×{args.size[1]} at {args.fps:g} a second")
    return 0


def _stage(args: argparse.Namespace) -> scene.Scene:
    person = body(args.body)
    camera = scene.camera_for(person, args.size, args.zoom)
    stage = scene.render(
        args.choreography,
        args.body,
        change=_changes(args),
        camera=replace(camera, yaw_deg=args.yaw),
        fps=args.fps,
        duration_s=args.seconds,
    )
    if args.scene == "bystander":
        return scene.with_bystander(stage)
    return replace(stage, actors=()) if args.scene == "empty" else stage


def _changes(args: argparse.Namespace) -> Callable[[Motion], Motion]:
    """Apply all perturbations of the command line, one after the other; the delay comes last."""
    steps: list[Callable[[Motion], Motion]] = []
    if args.wrong_arms:
        steps.append(perturbations.arms_swapped)
    steps += [partial(perturbations.arm_still, side=side) for side in args.still if side != "legs"]
    if "legs" in args.still:
        steps.append(perturbations.legs_still)
    if args.mirror:
        steps.append(perturbations.mirrored)
    steps.append(partial(perturbations.scaled, amplitude=args.amplitude))
    if args.loose_deg:
        steps.append(partial(perturbations.loose, degrees=args.loose_deg))
    steps.append(partial(perturbations.delayed, delay_s=args.delay_ms / 1000))

    def change(motion: Motion) -> Motion:
        for step in steps:
            motion = step(motion)
        return motion

    return change


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tools.dancer",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--out", type=Path, required=True, help="the file to write: .mp4, .y4m or .mjpeg")
    add("--choreography", choices=sorted(CHOREOGRAPHIES), default="sunrise", help="which dance")
    add("--body", choices=sorted(LOOKS), default="tall", help="who dances")
    add(
        "--scene",
        choices=("dancer", "bystander", "empty", "black"),
        default="dancer",
        help="bystander: somebody walks past; empty: nobody; black: no light",
    )
    add("--size", type=_size, default=(480, 640), metavar="WxH", help="default 480x640")
    add("--fps", type=float, default=30.0, help="frames a second (default 30)")
    add("--seconds", type=float, help="default: the whole dance")
    add("--delay-ms", type=float, default=0.0, help="dance late by this much; negative: early")
    add(
        "--amplitude",
        type=float,
        default=1.0,
        help="size of the movements: 1 full, 0.5 half, 0 none",
    )
    add("--mirror", action="store_true", help="exchange left and right")
    add("--wrong-arms", action="store_true", help="exchange left and right of the arms only")
    add(
        "--still",
        choices=("left", "right", "legs"),
        nargs="*",
        default=[],
        help="arms that hang down, and legs that stand",
    )
    add(
        "--loose-deg",
        type=float,
        default=0.0,
        help="personal style: all angles drift by about this much",
    )
    add("--zoom", type=float, default=1.0, help="above 1: larger in the frame; below 1: smaller")
    add(
        "--yaw",
        type=float,
        default=0.0,
        help="move the camera around the dancer by this many degrees",
    )
    add("--truth", type=Path, metavar="NPZ", help="also write t_s (n,) and xy (n, 18, 2) pixels")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or int(width) % 2 or int(height) % 2:
        raise argparse.ArgumentTypeError(f"expected WxH, both even, got {text!r}")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
