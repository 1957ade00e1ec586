"""`lesson add | list | show | remove | export`: the lesson store."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ModelError
from rtc_server.commands.arguments import (
    STDOUT,
    add_engine,
    add_fps,
    add_lessons,
    add_workers,
    check_target,
    new_parser,
    write_text,
)
from rtc_server.errors import BundledLesson, LessonExists, TandemError
from rtc_server.lessons.store import DEMO_ID, Lesson, LessonStore, check_id
from tf_pose.errors import PoseError

if TYPE_CHECKING:
    from rtc_server.authoring.people.tracker import OpenTracker

EXAMPLES = """\
  python run.py lesson add dance.mp4 --id dance --title "My dance"
  python run.py lesson add dance.mp4 --id chorus --from 41.5 --to 63
  python run.py lesson list
  python run.py lesson show dance --json
  python run.py lesson export dance --csv dance.csv
  python run.py lesson remove dance

An id has 1 to 64 characters: letters a-z, digits and "-". The lesson "demo" is always there.
"""


def add_parser(subparsers: Any) -> None:
    """`run.py lesson --help`."""
    parser = new_parser(
        subparsers,
        "lesson",
        "add, list, show, remove and export lessons",
        "Manage the lessons that learners choose from.",
        EXAMPLES,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="make a lesson from a video")
    add.add_argument("video", type=Path, metavar="VIDEO", help="a video of the instructor")
    add.add_argument(
        "--id", required=True, help="id of the new lesson: a-z, 0-9 and -, up to 64 characters"
    )
    add.add_argument("--title", help="title that learners see (default: made from the id)")
    add.add_argument(
        "--replace", action="store_true", help="replace the lesson of that id, if there is one"
    )
    for name, help in (
        ("from", "use the video from this second on (default: its beginning)"),
        ("to", "use the video up to this second (default: its end)"),
    ):
        add.add_argument(f"--{name}", dest=f"{name}_s", type=float, metavar="S", help=help)
    add_fps(add)
    add_engine(add)
    add_workers(add)
    listing = actions.add_parser("list", help="list all lessons")
    show = actions.add_parser("show", help="show the metadata of one lesson")
    remove = actions.add_parser("remove", help="remove a lesson")
    export = actions.add_parser("export", help="write the instructor's poses as CSV or JSON")
    for one in (show, remove, export):
        one.add_argument("id", metavar="ID", help="the lesson")
    for one in (listing, show):
        one.add_argument("--json", action="store_true", help="print JSON")
    export.add_argument("--csv", required=True, metavar="OUT", help="write CSV; - is stdout")
    export.add_argument("--json", metavar="OUT", help="also write JSON; - is stdout")
    for one in (add, listing, show, remove, export):
        add_lessons(one)


def run(args: argparse.Namespace) -> int:
    """Run the action `args.action`."""
    ACTIONS[args.action](args, LessonStore(args.lessons))
    return 0


def ensure_demo_lesson(folder: Path, engine: str = "auto") -> Lesson:
    """The bundled lesson of the store in `folder`; it is made if it is missing."""
    from rtc_server.authoring.build import ensure_demo
    from rtc_server.progress import show_progress

    def load_announced_network() -> OpenTracker:
        from rtc_server.authoring.people.tracker import load_pose_network

        print("making the demo lesson (only once)", file=sys.stderr)
        return load_pose_network(engine, threads=2)  # it is one section, and somebody waits

    with show_progress() as progress:
        return ensure_demo(LessonStore(folder), load_announced_network, progress)


def open_lesson(store: LessonStore, id: str, engine: str = "auto") -> Lesson:
    """The lesson of that id; `demo` is made if it is missing."""
    return ensure_demo_lesson(store.folder, engine) if id == DEMO_ID else store.get(id)


def _add(args: argparse.Namespace, store: LessonStore) -> None:
    if check_id(args.id) == DEMO_ID:
        raise BundledLesson("expected an id of your own: demo is the bundled lesson")
    from rtc_server.authoring.build import make_lesson
    from rtc_server.authoring.build_request import BuildRequest, Part
    from rtc_server.authoring.people.tracker import load_pose_network
    from rtc_server.authoring.video_checks import check_video
    from rtc_server.progress import show_progress

    part = Part.between(args.from_s, args.to_s)
    if store.has(args.id) and not args.replace:
        raise LessonExists(
            f"expected a new id, but {args.id!r} is taken (--replace replaces that lesson)"
        )
    request = BuildRequest(
        video=args.video,
        lessons=store.folder,
        id=args.id,
        title=args.title or args.id.replace("-", " ").strip().capitalize() or args.id,
        part=part,
        pose_fps=args.fps,
        engine=args.engine,
        workers=args.workers,
        replace=args.replace,
    )
    check_video(request)
    with show_progress() as progress:
        network = load_pose_network(request.engine, request.workers)
        lesson = make_lesson(request, network, progress)
    print(f"added {lesson.id}: {lesson.duration_s:.1f} s, {lesson.samples} samples")


def _list(args: argparse.Namespace, store: LessonStore) -> None:
    try:
        ensure_demo_lesson(store.folder)
    except (TandemError, ModelError, PoseError, OSError) as error:
        # The other lessons are listed all the same, even if the weights cannot be downloaded.
        print(f"warning: the demo lesson could not be made: {error}", file=sys.stderr)
    lessons = store.list()
    if args.json:
        print(json.dumps([lesson.metadata() for lesson in lessons], ensure_ascii=False))
        return
    width = max((len(lesson.id) for lesson in lessons), default=0)
    for one in lessons:
        size = f"{one.width}×{one.height}"
        print(f"{one.id:<{width}}  {one.duration_s:7.1f} s  {size:>10}  {one.title}")


def _show(args: argparse.Namespace, store: LessonStore) -> None:
    lesson = open_lesson(store, args.id)
    metadata = lesson.metadata() | {"model": lesson.model, "size_bytes": lesson.size_bytes}
    if args.json:
        print(json.dumps(metadata, ensure_ascii=False))
        return
    for name, value in metadata.items():
        print(f"{name:<12} {', '.join(map(str, value)) if isinstance(value, list) else value}")


def _remove(args: argparse.Namespace, store: LessonStore) -> None:
    if args.id == DEMO_ID:
        raise BundledLesson("expected a lesson of your own: demo is always there")
    store.remove(args.id)
    print(f"removed {args.id}")


def _export(args: argparse.Namespace, store: LessonStore) -> None:
    from rtc_server.pose.pose_files import track_to_csv, track_to_json

    check_target(args.csv, args.json)
    lesson = open_lesson(store, args.id)
    track = lesson.poses()
    write_text(args.csv, track_to_csv(track, lesson.width, lesson.height))
    if args.json is not None:
        write_text(args.json, track_to_json(track, lesson.pose_fps, lesson.width, lesson.height))
    if STDOUT not in (args.csv, args.json):
        print(f"wrote {len(track)} samples to {args.csv}")


ACTIONS: dict[str, Callable[[argparse.Namespace, LessonStore], None]] = {
    "add": _add,
    "list": _list,
    "show": _show,
    "remove": _remove,
    "export": _export,
}
