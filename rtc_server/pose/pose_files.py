"""Poses as the CSV and JSON files of protocol.md, in pixels and COCO-18 order. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rtc_server.types import PoseTrack

# xy (18, 2) in 0..1 of the image, NaN where missing; confidence (18,); its mean.
Person = tuple[NDArray[np.float32], NDArray[np.float32], float]


def track_to_csv(track: PoseTrack, width: int, height: int) -> str:
    """A row for each sample: `x0,y0,…,x17,y17` in pixels, three decimals, no header.

    A missing joint has two empty fields.
    """
    size = (width, height)
    rows = []
    for pose in track.xy.tolist():
        numbers = [value * side for joint in pose for value, side in zip(joint, size, strict=True)]
        rows.append(",".join("" if math.isnan(n) else f"{n:.3f}" for n in numbers))
    return "".join(f"{row}\n" for row in rows)


def track_to_json(track: PoseTrack, fps: float, width: int, height: int) -> str:
    """The followed person of a video, sample by sample; a missing joint is null."""
    people = [
        [(xy, confidence, mean_confidence(confidence))] if np.isfinite(xy).any() else []
        for xy, confidence in zip(track.xy, track.confidence, strict=True)
    ]
    return people_to_json(zip(track.t_s.tolist(), people, strict=True), fps, width, height)


def people_to_json(
    samples: Iterable[tuple[float, Sequence[Person]]], fps: float | None, width: int, height: int
) -> str:
    """Everybody at each time; `fps` is null for a single image."""
    document = {
        "fps": fps,
        "width": width,
        "height": height,
        "samples": [
            {"t_s": round(t_s, 6), "people": [_person_fields(p, width, height) for p in people]}
            for t_s, people in samples
        ],
    }
    return json.dumps(document, allow_nan=False) + "\n"


def mean_confidence(confidence: NDArray[np.float32]) -> float:
    """The mean over the joints that were found; 0 where none was."""
    found = confidence[confidence > 0]
    return float(found.mean()) if len(found) else 0.0


def _person_fields(person: Person, width: int, height: int) -> dict[str, object]:
    xy, confidence, mean = person
    keypoints = [
        [round(x * width, 3), round(y * height, 3), round(c, 4)]
        if np.isfinite(x)
        else [None, None, 0]
        for (x, y), c in zip(xy.tolist(), confidence.tolist(), strict=True)
    ]
    return {"score": round(mean, 4), "keypoints": keypoints}
