"""Measures what scores are worth: every mistake at every strength, and recordings all with all.

    python bench/score.py [--plot OUT.png] [--json OUT]
    python bench/score.py --videos DIR [--pairs CSV] [--cache DIR] [--json OUT]

Without --videos it scores rendered dancers whose joints are known exactly (tools/dancer), as a
detector would see them, against the lesson that they learn. It prints a table, draws a plot, and
prints the processor time of a live sample and of a lesson of ten minutes.

With --videos every video of the folder is a lesson, and every other video is a learner of it, with
mirroring "auto". Poses are found 5 times a second; --cache keeps them as .npz. Two videos show the
same dance if their names agree up to the first "--" (waltz--anna.mp4, waltz--ben.mp4), or if a line
of the CSV names both, without suffix (anna,ben). All other videos show different dances. It prints
the matrix of scores, the ranges of same and different dances, and the area under the ROC curve
(AUC).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from rtc_server.authoring.people.parallel_search import search_in_threads  # noqa: E402
from rtc_server.authoring.people.tracker import load_pose_network  # noqa: E402
from rtc_server.authoring.pose_extraction import extract_poses  # noqa: E402
from rtc_server.scoring.attempt import Attempt  # noqa: E402
from rtc_server.scoring.reference import prepare_reference  # noqa: E402
from rtc_server.types import Pose, PoseTrack  # noqa: E402
from tests.unit.rtc_server.dances import dance, detected, lesson, scored, trembling  # noqa: E402
from tools.dancer import perturbations  # noqa: E402
from tools.dancer.motion import Motion  # noqa: E402

FPS = 5.0
DANCES = ("sunrise", "harbour")
SUFFIXES = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi")


def change_partly(motion: Motion, change: Callable[[Motion], Motion], share: float) -> Motion:
    """Make the mistake during this share of the dance, from its beginning."""
    changed = change(motion)
    return lambda t_s: changed(t_s) if t_s < 24 * share else motion(t_s)


SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
# By name: the strengths, their unit, and how a motion changes at a strength.
PERTURBATIONS: dict[str, tuple[tuple[float, ...], str, Callable[..., Motion]]] = {
    "late": ((0, 0.2, 0.4, 0.6, 0.8), "s", lambda m, x: perturbations.delayed(m, x)),
    "early": ((0, 0.2, 0.4, 0.6, 0.8), "s", lambda m, x: perturbations.delayed(m, -x)),
    "faster": ((1, 1.02, 1.05, 1.1, 1.2), "x", lambda m, x: perturbations.faster(m, x)),
    "smaller": ((1, 0.75, 0.5, 0.25, 0), "x", lambda m, x: perturbations.scaled(m, x)),
    "loose": ((0, 5, 10, 20, 30), "deg", lambda m, x: perturbations.loose(m, x)),
    "wrong side": (SHARES, "of it", lambda m, x: change_partly(m, perturbations.mirrored, x)),
    "wrong arms": (SHARES, "of it", lambda m, x: change_partly(m, perturbations.arms_swapped, x)),
    "left arm still": (
        (
            SHARES,
            "of it",
            lambda m, x: change_partly(m, partial(perturbations.arm_still, side="left"), x),
        )
    ),
    "legs still": (SHARES, "of it", lambda m, x: change_partly(m, perturbations.legs_still, x)),
    "stands still": (SHARES, "of it", lambda m, x: change_partly(m, perturbations.stands_still, x)),
}
TREMBLING = (0, 0.01, 0.02, 0.04, 0.08)  # of the picture's height


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--videos", type=Path, metavar="DIR", help="score these videos instead of rendered dancers")
    add("--pairs", type=Path, metavar="CSV", help="which videos show the same dance")
    add("--cache", type=Path, metavar="DIR", help="keep the poses of the videos here")
    add(
        "--plot",
        type=Path,
        default=ROOT / "artifacts" / "score.png",
        metavar="OUT.png",
        help="where the plot of the perturbations goes",
    )
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    args = parser.parse_args()
    result = score_videos(args) if args.videos else score_perturbations(args.plot)
    if args.json:
        args.json.write_text(json.dumps(result, indent=1))


def score_perturbations(plot: Path) -> dict[str, Any]:
    """Score each mistake, as the mean over dances; the verdict is that of the first dance."""
    table: dict[str, list[dict[str, Any]]] = {}
    for name, (strengths, unit, change) in PERTURBATIONS.items():
        table[name] = [
            build_row(unit, x, partial(change, x=x) if k else None) for k, x in enumerate(strengths)
        ]
    table["trembling"] = [build_row("height", x, None, x) for x in TREMBLING]
    for name, cells in table.items():
        cells_text = "  ".join(f"{c['strength']:g}: {c['score']:5.1f}" for c in cells)
        print(f"{name:15} ({cells[0]['unit']:6}) {cells_text}   | {cells[2]['verdict']}")
    plot.parent.mkdir(exist_ok=True)
    cv2.imwrite(
        str(plot), draw_plot({n: [c["score"] for c in cells] for n, cells in table.items()})
    )
    print(f"plot: {plot}")
    cost = measure_costs()
    print("  ".join(f"{name} {value:.3f}" for name, value in cost.items()))
    return {"perturbations": table, "cost": cost}


def build_row(unit: str, strength: float, change: Any, size: float = 0.0) -> dict[str, Any]:
    """Score learners with another body in both dances, at one strength of a mistake."""
    summaries = []
    for seed, name in enumerate(DANCES):
        learner = detected(dance(name, "tall", change), seed)
        summaries.append(scored(trembling(learner, size, seed), "off", lesson(name)))
    parts = {
        name: mean([getattr(s, name) for s in summaries])
        for name in ("score", "shape", "timing", "energy")
    }
    return {"strength": strength, "unit": unit, **parts, "verdict": summaries[0].verdict}


def mean(values: list[float | None]) -> float | None:
    """The mean of the values that are known."""
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 1) if known else None


def measure_costs() -> dict[str, float]:
    """Measure the processor time of a lesson of ten minutes: preparing, samples and summary."""
    track = dance()
    rows = np.arange(3000) % len(track)
    xy = track.xy[rows] + np.random.default_rng(1).normal(0, 0.01, (3000, 18, 2))
    long = PoseTrack(
        np.arange(3000) / FPS, xy.astype(np.float32), track.confidence[rows], track.aspect
    )
    began = time.process_time()
    reference = prepare_reference(long)
    prepared = time.process_time()
    attempt = Attempt(reference, "auto")
    samples_s = []
    for k, t_s in enumerate(long.t_s.tolist()):
        before = time.process_time()
        attempt.add_sample(t_s, Pose(t_s, long.xy[k], long.confidence[k], long.aspect))
        samples_s.append(time.process_time() - before)
    before = time.process_time()
    attempt.summary(complete=True)
    return {
        "prepare_s": prepared - began,
        "sample_ms_p50": 1000 * float(np.median(samples_s)),
        "sample_ms_p99": 1000 * float(np.percentile(samples_s, 99)),
        "summary_s": time.process_time() - before,
    }


def draw_plot(lines: dict[str, list[float]]) -> np.ndarray:
    """Draw the scores over the strength of each mistake, weakest to strongest."""
    width, height, left, top = 1100, 620, 60, 30
    image = np.full((height, width, 3), 255, np.uint8)
    floor, right = height - 50, width - 330
    for value in range(0, 101, 20):
        y = round(floor - (floor - top) * value / 100)
        cv2.line(image, (left, y), (right, y), (225, 225, 225), 1)
        cv2.putText(image, str(value), (20, y + 5), 0, 0.45, (90, 90, 90), 1, cv2.LINE_AA)
    cv2.putText(image, "none", (left, floor + 25), 0, 0.45, (90, 90, 90), 1, cv2.LINE_AA)
    cv2.putText(image, "most", (right - 35, floor + 25), 0, 0.45, (90, 90, 90), 1, cv2.LINE_AA)
    hues = np.linspace(0, 165, len(lines)).astype(np.uint8)
    for n, (name, scores) in enumerate(lines.items()):
        hsv = np.array([[[hues[n], 200, 110 + 90 * (n % 2)]]], np.uint8)
        colour = tuple(int(c) for c in cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0])
        x = np.linspace(left, right, len(scores))
        y = floor - (floor - top) * np.array(scores) / 100
        points = np.stack([x, y], axis=1).round().astype(np.int32)
        cv2.polylines(image, [points], False, colour, 2, cv2.LINE_AA)
        at = (right + 60, top + 20 + 40 * n)
        cv2.line(image, (right + 20, at[1] - 5), (right + 50, at[1] - 5), colour, 3, cv2.LINE_AA)
        cv2.putText(image, name, at, 0, 0.55, (40, 40, 40), 1, cv2.LINE_AA)
    return image


def score_videos(args: argparse.Namespace) -> dict[str, Any]:
    """Score all videos with all, and tell how well scores separate same from different dances."""
    paths = sorted(p for p in args.videos.iterdir() if p.suffix.lower() in SUFFIXES)
    if len(paths) < 2:
        raise SystemExit(f"{args.videos}: expected two videos or more, got {len(paths)}")
    tracks = {path.stem: read_poses(path, args.cache) for path in paths}
    same = read_pairs(list(tracks), args.pairs)
    matrix: dict[str, dict[str, float]] = {}
    print("lesson \\ learner  " + " ".join(f"{name[-7:]:>7}" for name in tracks))
    for name, track in tracks.items():
        reference = prepare_reference(track)
        ends_s = float(track.t_s[-1]) + reference.step_s
        matrix[name] = {
            other: scored(cut_off(learner, ends_s), "auto", reference).score
            for other, learner in tracks.items()
        }
        print(f"{name[:17]:17} " + " ".join(f"{score:7.1f}" for score in matrix[name].values()))
    cells = [(frozenset((a, b)) in same, matrix[a][b]) for a in tracks for b in tracks if a != b]
    same_scores = np.array([score for is_same, score in cells if is_same])
    other_scores = np.array([score for is_same, score in cells if not is_same])
    result: dict[str, Any] = {
        "matrix": matrix,
        "same": summarize(same_scores),
        "different": summarize(other_scores),
    }
    if len(same_scores) and len(other_scores):
        above = (same_scores[:, None] > other_scores).mean()
        equal = (same_scores[:, None] == other_scores).mean()
        result["auc"] = round(float(above + 0.5 * equal), 4)
    for name in ("same", "different", "auc"):
        print(f"{name}: {result.get(name)}")
    return result


def cut_off(track: PoseTrack, ends_s: float) -> PoseTrack:
    """Leave out the poses after the lesson's end, as a session does."""
    kept = track.t_s < ends_s
    return PoseTrack(track.t_s[kept], track.xy[kept], track.confidence[kept], track.aspect)


def read_pairs(names: list[str], listed: Path | None) -> set[frozenset[str]]:
    """The pairs of videos that show the same dance."""
    if listed is None:
        dances = {name: name.split("--")[0] for name in names}
        return {frozenset(p) for p in combinations(names, 2) if dances[p[0]] == dances[p[1]]}
    found: set[frozenset[str]] = set()
    with listed.open(newline="") as file:
        for number, line in enumerate(csv.reader(file), 1):
            together = [name.strip() for name in line if name.strip()]
            unknown = set(together) - set(names)
            if unknown:
                raise SystemExit(f"{listed}:{number}: expected names of {names}, got {unknown}")
            found |= {frozenset(pair) for pair in combinations(together, 2)}
    return found


def read_poses(path: Path, cache: Path | None) -> PoseTrack:
    """Find the poses of a video, or read them from the cache."""
    kept = cache / f"{path.stem}.npz" if cache else None
    if kept and kept.exists():
        with np.load(kept) as file:
            return PoseTrack(file["t_s"], file["xy"], file["score"], float(file["aspect"]))
    print(f"finding poses: {path.name}", file=sys.stderr)
    track = extract_poses(path, FPS, search_in_threads(load_pose_network(), 1))
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, t_s=track.t_s, xy=track.xy, score=track.confidence, aspect=track.aspect)
    return track


def summarize(scores: np.ndarray) -> dict[str, float]:
    if not len(scores):
        return {}
    marks = {"mean": scores.mean(), "least": scores.min(), "p95": np.percentile(scores, 95)}
    return {name: round(float(v), 1) for name, v in (marks | {"most": scores.max()}).items()}


if __name__ == "__main__":
    main()
