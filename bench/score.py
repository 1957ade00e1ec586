"""What scores are worth: every perturbation at every strength, and recordings all with all.

    python bench/score.py [--plot OUT.png] [--json OUT]
    python bench/score.py --videos DIR [--pairs CSV] [--cache DIR] [--json OUT]

Without --videos: rendered dancers with exact joints (tools/dancer), as a detector would see them,
against the lesson they learn; a table, a plot, and what a live sample and a lesson of ten minutes
cost in processor time.

With --videos: every video of the folder as a lesson, every other as its learner, mirror auto, their
poses found at 5 samples a second (--cache keeps them as .npz). The same dance is danced in videos
whose names agree up to the first "--" (waltz--anna.mp4, waltz--ben.mp4), or in those that a line
of the CSV names together, without suffix (anna,ben). All others are different dances. Prints the
matrix, how far same and different are apart, and the area under the ROC curve (AUC).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from rtc_server.authoring.pose_extraction import find_poses, open_poser  # noqa: E402
from rtc_server.scoring.attempt import Attempt  # noqa: E402
from rtc_server.scoring.reference import prepare_reference  # noqa: E402
from rtc_server.types import Pose, PoseTrack  # noqa: E402
from tests.unit.rtc_server.dances import dance, detected, lesson, scored, trembling  # noqa: E402
from tools.dancer import perturbations  # noqa: E402
from tools.dancer.motion import Motion  # noqa: E402

FPS = 5.0
DANCES = ("sunrise", "harbour")
SUFFIXES = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi")


def partly(motion: Motion, change: Callable[[Motion], Motion], share: float) -> Motion:
    """Makes the mistake for that share of the dance, from its beginning."""
    changed = change(motion)
    return lambda t_s: changed(t_s) if t_s < 24 * share else motion(t_s)


SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
# name: (strengths, what they are, how a motion is changed by one)
LADDERS: dict[str, tuple[tuple[float, ...], str, Callable[..., Motion]]] = {
    "late": ((0, 0.2, 0.4, 0.6, 0.8), "s", lambda m, x: perturbations.delayed(m, x)),
    "early": ((0, 0.2, 0.4, 0.6, 0.8), "s", lambda m, x: perturbations.delayed(m, -x)),
    "faster": ((1, 1.02, 1.05, 1.1, 1.2), "x", lambda m, x: perturbations.faster(m, x)),
    "smaller": ((1, 0.75, 0.5, 0.25, 0), "x", lambda m, x: perturbations.scaled(m, x)),
    "loose": ((0, 5, 10, 20, 30), "deg", lambda m, x: perturbations.loose(m, x)),
    "wrong side": (SHARES, "of it", lambda m, x: partly(m, perturbations.mirrored, x)),
    "wrong arms": (SHARES, "of it", lambda m, x: partly(m, perturbations.arms_swapped, x)),
    "left arm still": (
        (SHARES, "of it", lambda m, x: partly(m, partial(perturbations.arm_still, side="left"), x))
    ),
    "legs still": (SHARES, "of it", lambda m, x: partly(m, perturbations.legs_still, x)),
    "stands still": (SHARES, "of it", lambda m, x: partly(m, perturbations.stands_still, x)),
}
TREMBLING = (0, 0.01, 0.02, 0.04, 0.08)  # of the picture's height


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--videos", type=Path, metavar="DIR")
    parser.add_argument("--pairs", type=Path, metavar="CSV")
    parser.add_argument("--cache", type=Path, metavar="DIR")
    parser.add_argument("--plot", type=Path, default=ROOT / "artifacts" / "score.png")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    result = of_videos(args) if args.videos else of_perturbations(args.plot)
    if args.json:
        args.json.write_text(json.dumps(result, indent=1))


def of_perturbations(plot: Path) -> dict[str, Any]:
    """The mean over dances of each learner's score; the verdict is the first dance's."""
    table: dict[str, list[dict[str, Any]]] = {}
    for name, (strengths, unit, change) in LADDERS.items():
        table[name] = [
            row(unit, x, partial(change, x=x) if k else None) for k, x in numbered(strengths)
        ]
    table["trembling"] = [row("height", x, None, x) for x in TREMBLING]
    for name, cells in table.items():
        told = "  ".join(f"{c['strength']:g}: {c['score']:5.1f}" for c in cells)
        print(f"{name:15} ({cells[0]['unit']:6}) {told}   | {cells[2]['verdict']}")
    plot.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(plot), drawn({n: [c["score"] for c in cells] for n, cells in table.items()}))
    print(f"plot: {plot}")
    cost = costs()
    print("  ".join(f"{name} {value:.3f}" for name, value in cost.items()))
    return {"perturbations": table, "cost": cost}


def numbered(strengths: tuple[float, ...]) -> Iterator[tuple[int, float]]:
    return iter(enumerate(strengths))


def row(unit: str, strength: float, change: Any, size: float = 0.0) -> dict[str, Any]:
    """One strength: learners of another body in both dances."""
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
    """Of those that are known."""
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 1) if known else None


def costs() -> dict[str, float]:
    """Processor time of a lesson of ten minutes: prepared, and a live sample of it."""
    track = dance()
    rows = np.arange(3000) % len(track)
    xy = track.xy[rows] + np.random.default_rng(1).normal(0, 0.01, (3000, 18, 2))
    long = PoseTrack(
        np.arange(3000) / FPS, xy.astype(np.float32), track.confidence[rows], track.aspect
    )
    began = time.process_time()
    reference = prepare_reference(long)
    prepared = time.process_time()
    made = Attempt(reference, "auto")
    each = []
    for k, t_s in enumerate(long.t_s.tolist()):
        before = time.process_time()
        made.add_sample(t_s, Pose(t_s, long.xy[k], long.confidence[k], long.aspect))
        each.append(time.process_time() - before)
    before = time.process_time()
    made.summary(complete=True)
    return {
        "prepare_s": prepared - began,
        "sample_ms_p50": 1000 * float(np.median(each)),
        "sample_ms_p99": 1000 * float(np.percentile(each, 99)),
        "summary_s": time.process_time() - before,
    }


def drawn(lines: dict[str, list[float]]) -> np.ndarray:
    """Scores over strength, weakest to strongest."""
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


def of_videos(args: argparse.Namespace) -> dict[str, Any]:
    """The matrix of all with all, and what it says."""
    paths = sorted(p for p in args.videos.iterdir() if p.suffix.lower() in SUFFIXES)
    if len(paths) < 2:
        raise SystemExit(f"{args.videos}: expected two videos or more, got {len(paths)}")
    tracks = {path.stem: poses(path, args.cache) for path in paths}
    same = pairs(list(tracks), args.pairs)
    matrix: dict[str, dict[str, float]] = {}
    print("lesson \\ learner  " + " ".join(f"{name[-7:]:>7}" for name in tracks))
    for name, track in tracks.items():
        reference = prepare_reference(track)
        ends_s = float(track.t_s[-1]) + reference.step_s
        matrix[name] = {
            other: scored(until(it, ends_s), "auto", reference).score
            for other, it in tracks.items()
        }
        print(f"{name[:17]:17} " + " ".join(f"{score:7.1f}" for score in matrix[name].values()))
    cells = [(frozenset((a, b)) in same, matrix[a][b]) for a in tracks for b in tracks if a != b]
    of_same = np.array([score for is_same, score in cells if is_same])
    others = np.array([score for is_same, score in cells if not is_same])
    result: dict[str, Any] = {
        "matrix": matrix,
        "same": spread(of_same),
        "different": spread(others),
    }
    if len(of_same) and len(others):
        above = (of_same[:, None] > others).mean() + 0.5 * (of_same[:, None] == others).mean()
        result["auc"] = round(float(above), 4)
    for name in ("same", "different", "auc"):
        print(f"{name}: {result.get(name)}")
    return result


def until(track: PoseTrack, ends_s: float) -> PoseTrack:
    """What a session would see of it: nothing once the lesson has ended."""
    kept = track.t_s < ends_s
    return PoseTrack(track.t_s[kept], track.xy[kept], track.confidence[kept], track.aspect)


def pairs(names: list[str], listed: Path | None) -> set[frozenset[str]]:
    """Which two videos show the same dance."""
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


def poses(path: Path, cache: Path | None) -> PoseTrack:
    """The poses of a video, found now or kept from last time."""
    kept = cache / f"{path.stem}.npz" if cache else None
    if kept and kept.exists():
        with np.load(kept) as file:
            return PoseTrack(file["t_s"], file["xy"], file["score"], float(file["aspect"]))
    print(f"finding poses: {path.name}", file=sys.stderr)
    track = find_poses(path, FPS, open_poser(), lambda *_: None)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, t_s=track.t_s, xy=track.xy, score=track.confidence, aspect=track.aspect)
    return track


def spread(scores: np.ndarray) -> dict[str, float]:
    if not len(scores):
        return {}
    marks = {"mean": scores.mean(), "least": scores.min(), "p95": np.percentile(scores, 95)}
    return {name: round(float(v), 1) for name, v in (marks | {"most": scores.max()}).items()}


if __name__ == "__main__":
    main()
