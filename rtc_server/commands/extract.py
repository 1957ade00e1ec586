"""`extract VIDEO`: the poses of the instructor in a video."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rtc_server.commands.arguments import (
    add_engine,
    add_fps,
    add_workers,
    check_target,
    new_parser,
    write_text,
)

if TYPE_CHECKING:
    from rtc_server.authoring.overlays import PreviewWindow
    from rtc_server.types import PoseTrack

EXAMPLES = """\
  python run.py extract dance.mp4 --csv dance.csv
  python run.py extract dance.mp4 --csv dance.csv --fps 10 --json - > dance.json
  python run.py extract dance.mp4 --csv dance.csv --annotated skeleton.mp4 --black

The CSV has one row for each sample with 36 numbers, x0,y0,…,x17,y17 in pixels; missing joints are
empty. numpy.genfromtxt("dance.csv", delimiter=",") reads it. Sample k is the frame on screen at
k / fps seconds.
"""


def add_parser(subparsers: Any) -> None:
    """`run.py extract --help`."""
    parser = new_parser(
        subparsers,
        "extract",
        "write the poses of the instructor in a video",
        "Track the instructor in a video and write their joints, sample by sample.",
        EXAMPLES,
    )
    parser.add_argument("video", type=Path, metavar="VIDEO", help="the video to read")
    parser.add_argument(
        "--csv", required=True, metavar="OUT", help="write the poses as CSV; - is stdout"
    )
    add_fps(parser)
    parser.add_argument("--json", metavar="OUT", help="write the poses as JSON; - is stdout")
    parser.add_argument(
        "--annotated",
        type=Path,
        metavar="OUT.mp4",
        help="write a video with the skeleton drawn on it",
    )
    parser.add_argument(
        "--black", action="store_true", help="draw on a black background instead of the video"
    )
    parser.add_argument(
        "--show", action="store_true", help="show the drawn samples in a window (q quits)"
    )
    add_engine(parser)
    add_workers(parser)


def run(args: argparse.Namespace) -> int:
    """Track, write, draw and show; an output is written completely or not at all."""
    check_target(args.csv, args.json, args.annotated)
    from rtc_server.authoring.frame_sampler import probe
    from rtc_server.authoring.pose_extraction import count_samples_with_person
    from rtc_server.pose.pose_files import track_to_csv, track_to_json

    info = probe(args.video)
    with ExitStack() as stack:
        window = _open_window(args, stack)  # a missing display is reported before the work
        track = _find_track(args, info.duration_s)
        if count_samples_with_person(track) == 0:
            print(f"warning: nobody was found in {args.video}", file=sys.stderr)
        write_text(args.csv, track_to_csv(track, info.width, info.height))
        if args.json is not None:
            write_text(args.json, track_to_json(track, args.fps, info.width, info.height))
        if args.annotated is not None:
            _write_overlay(args, track)
        if window is not None:
            _show(args, track, window)
    return 0


def _find_track(args: argparse.Namespace, duration_s: float) -> PoseTrack:
    from rtc_server.authoring.frame_sampler import sample_count
    from rtc_server.authoring.people.parallel_search import search_in_threads
    from rtc_server.authoring.people.tracker import load_pose_network
    from rtc_server.authoring.pose_extraction import extract_poses, report_samples
    from rtc_server.progress import show_progress

    total = sample_count(duration_s, args.fps)
    with show_progress() as progress:
        return extract_poses(
            args.video,
            args.fps,
            search_in_threads(load_pose_network(args.engine, args.workers), args.workers),
            report_samples(partial(progress, "poses"), total),
        )


def _draw_samples(args: argparse.Namespace, track: PoseTrack) -> Iterator[NDArray[np.uint8]]:
    """Read the video a second time: who the instructor is, is known only at the end."""
    from rtc_server.authoring.frame_sampler import sample_frames
    from rtc_server.authoring.overlays import draw_overlay

    for sample in sample_frames(args.video, args.fps):
        yield draw_overlay(sample, track, args.fps, black=args.black)


def _write_overlay(args: argparse.Namespace, track: PoseTrack) -> None:
    from rtc_server.authoring.overlays import OverlayVideo
    from rtc_server.lessons.temp_files import atomic_write
    from rtc_server.progress import show_progress

    with (
        atomic_write(args.annotated) as part,
        show_progress() as progress,
        OverlayVideo(part, args.fps) as video,
    ):
        for k, image in enumerate(_draw_samples(args, track)):
            video.add(image)
            progress("drawing", k + 1, len(track))


def _open_window(args: argparse.Namespace, stack: ExitStack) -> PreviewWindow | None:
    if not args.show:
        return None
    from rtc_server.authoring.overlays import PreviewWindow

    window = PreviewWindow(f"{args.video.name} (q quits)")
    stack.callback(window.close)
    return window


def _show(args: argparse.Namespace, track: PoseTrack, window: PreviewWindow) -> None:
    """Play the drawn samples at the speed of the video."""
    for image in _draw_samples(args, track):
        if not window.show(image, 1 / args.fps):
            return
