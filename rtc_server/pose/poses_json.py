"""Poses as the JSON of protocol.md: pixels, COCO-18 order, missing joints null."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rtc_server.types import PoseTrack

# xy (18, 2) in 0..1 of the picture, NaN where missing; confidence (18,); its mean.
Person = tuple[NDArray[np.float32], NDArray[np.float32], float]


def track_to_json(track: PoseTrack, fps: float, width: int, height: int) -> str:
    """The followed person of a video, sample by sample."""
    people = [
        [(xy, confidence, mean_confidence(confidence))] if np.isfinite(xy).any() else []
        for xy, confidence in zip(track.xy, track.confidence, strict=True)
    ]
    return people_to_json(zip(track.t_s.tolist(), people, strict=True), fps, width, height)


def people_to_json(
    samples: Iterable[tuple[float, Sequence[Person]]], fps: float | None, width: int, height: int
) -> str:
    """Everybody at each moment; `fps` is null for a single picture."""
    document = {
        "fps": fps,
        "width": width,
        "height": height,
        "samples": [
            {"t_s": round(t_s, 6), "people": [_person(p, width, height) for p in people]}
            for t_s, people in samples
        ],
    }
    return json.dumps(document, allow_nan=False) + "\n"


def mean_confidence(confidence: NDArray[np.float32]) -> float:
    """How certain a person is: the mean over the joints that were found."""
    found = confidence[confidence > 0]
    return float(found.mean()) if len(found) else 0.0


def _person(person: Person, width: int, height: int) -> dict[str, object]:
    xy, confidence, total = person
    keypoints = [
        [round(x * width, 3), round(y * height, 3), round(s, 4)]
        if np.isfinite(x)
        else [None, None, 0]
        for (x, y), s in zip(xy.tolist(), confidence.tolist(), strict=True)
    ]
    return {"score": round(total, 4), "keypoints": keypoints}
