"""`compare`: score a recorded learner against a lesson, with the code that scores live."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtc_server.commands.arguments import (
    STDOUT,
    add_dancers,
    add_engine,
    add_lessons,
    add_mirror,
    add_workers,
    check_target,
    new_parser,
    write_text,
)
from rtc_server.commands.lesson import open_lesson
from rtc_server.lessons.store import LessonStore

if TYPE_CHECKING:
    from rtc_server.client.comparison import Comparison, GroupComparison
    from rtc_server.client.side_by_side import ComparedSample
    from rtc_server.lessons.lesson import Lesson
    from rtc_server.scoring.summary import Summary
    from rtc_server.types import Pose, Score

WEAK_LIMB = 0.7  # a limb below this is named
EXAMPLES = """\
  python run.py compare me.mp4 --lesson demo
  python run.py compare me.mp4 --lesson demo --mirror on --json me.json
  python run.py compare me.mp4 --lesson demo --annotated me-and-the-instructor.mp4
  python run.py compare us.mp4 --lesson demo --dancers 2

The recording should begin when the lesson does. If it began up to 5 s earlier or later, this is
detected and printed.

--mirror on: the learner moved as in a mirror (with the right arm where the instructor uses the
left); off: left for left; auto: whichever fits better.
"""


def add_parser(subparsers: Any) -> None:
    """`run.py compare --help`."""
    parser = new_parser(
        subparsers,
        "compare",
        "score a recorded learner against a lesson",
        "Find the learner's poses in a video and score them as a live session would.",
        EXAMPLES,
    )
    parser.add_argument("video", type=Path, metavar="VIDEO", help="the recording of the learner")
    parser.add_argument("--lesson", required=True, metavar="ID", help="the lesson to compare with")
    add_mirror(parser)
    add_dancers(parser)
    parser.add_argument("--json", metavar="OUT", help="write the summary as JSON; - is stdout")
    parser.add_argument(
        "--annotated",
        type=Path,
        metavar="OUT.mp4",
        help="write a video of both side by side: limbs coloured by skill, with score and hint",
    )
    add_engine(parser)
    add_workers(parser)
    add_lessons(parser)


def run(args: argparse.Namespace) -> int:
    """Score the recording, write the summary and the video, print the result."""
    from rtc_server.authoring.people.parallel_search import search_in_threads
    from rtc_server.authoring.people.tracker import load_pose_network
    from rtc_server.client.comparison import compare
    from rtc_server.client.side_by_side import ComparedSample
    from rtc_server.progress import show_progress

    check_target(args.json, args.annotated)
    if args.dancers is not None:
        return _compare_dancers(args)
    lesson = open_lesson(LessonStore(args.lessons), args.lesson)
    compared: list[ComparedSample] = []

    def on_scored(pose: Pose, score: Score) -> None:
        k = round(pose.captured_s * lesson.pose_fps)
        compared.append(ComparedSample(k, pose.captured_s, pose, score))

    with show_progress() as progress:
        network = load_pose_network(args.engine, args.workers)
        search = search_in_threads(network, args.workers)
        result = compare(args.video, lesson, args.mirror, search, progress, on_scored)
    if args.annotated is not None:
        _write_video(args, lesson, compared, result)
    if args.json:
        write_text(args.json, json.dumps(result.message(), indent=1) + "\n")
    print(_format_result(result), file=sys.stderr if args.json == STDOUT else sys.stdout)
    return 0


def _compare_dancers(args: argparse.Namespace) -> int:
    """The same of several dancers in one recording."""
    from rtc_server.authoring.people.tracker import load_dancers_network
    from rtc_server.client.comparison import compare_dancers
    from rtc_server.progress import show_progress

    if args.annotated is not None:
        print("error: --annotated: shows one learner; leave out --dancers", file=sys.stderr)
        return 2
    lesson = open_lesson(LessonStore(args.lessons), args.lesson)
    with show_progress() as progress:
        # One image after another: threads that share an image are all that more cores can do.
        tracker = load_dancers_network(args.dancers, args.engine, threads=2)()
        result = compare_dancers(args.video, lesson, args.mirror, tracker, args.dancers, progress)
    if args.json:
        write_text(args.json, json.dumps(result.message(), indent=1) + "\n")
    print(_format_dancers(result), file=sys.stderr if args.json == STDOUT else sys.stdout)
    return 0


def _write_video(
    args: argparse.Namespace, lesson: Lesson, compared: list[ComparedSample], result: Comparison
) -> None:
    """Read both videos a second time: lag and mirroring are known only at the end."""
    from rtc_server.authoring.overlays import OverlayVideo
    from rtc_server.client.side_by_side import draw_comparison
    from rtc_server.lessons.temp_files import atomic_write
    from rtc_server.progress import show_progress

    late_s = result.offset_s + (result.summary.lag_ms or 0.0) / 1000
    with (
        atomic_write(args.annotated) as part,
        show_progress() as progress,
        OverlayVideo(part, lesson.pose_fps) as video,
    ):
        mirror = result.summary.mirror == "on"
        for k, image in enumerate(draw_comparison(args.video, lesson, compared, late_s, mirror)):
            video.add(image)
            progress("drawing", k + 1, len(compared))


def _format_result(result: Comparison) -> str:
    """The result as text, the most important first."""
    return "\n".join(
        [*_format_summary(result.summary), *_format_time(result.offset_s, result.summary.complete)]
    )


def _format_dancers(result: GroupComparison) -> str:
    """The same of each dancer, by the numbers that they have from left to right."""
    lines = []
    for number, summary in enumerate(result.summaries, start=1):
        first, *others = _format_summary(summary)
        lines += [f"dancer {number}: {first}", *(f"  {line}" for line in others)]
    return "\n".join([*lines, *_format_time(result.offset_s, result.summaries[0].complete)])


def _format_summary(summary: Summary) -> list[str]:
    lines = [
        summary.verdict,
        f"score {summary.score:.1f}, {summary.grade or 'no grade: too little was in view'}",
        f"shape {_format_part(summary.shape)}, timing {_format_part(summary.timing)}, "
        f"energy {_format_part(summary.energy)}, coverage {summary.coverage:.2f}",
    ]
    weakest = sorted((v, k) for k, v in summary.limbs.items() if v is not None)[:2]
    if names := [name.replace("_", " ") for value, name in weakest if value < WEAK_LIMB]:
        lines.append(f"weakest: {', '.join(names)}")
    return lines


def _format_time(offset_s: float, complete: bool) -> list[str]:
    """Where the recording does not begin or end with the lesson."""
    lines = []
    if offset_s:
        when = "before" if offset_s > 0 else "after"
        lines.append(f"the recording began {abs(offset_s):.1f} s {when} the lesson did")
    if not complete and offset_s >= 0:
        lines.append("the recording ended before the lesson did")
    return lines


def _format_part(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
