"""COCO's object keypoint similarity (OKS): how near found joints are to the true ones. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# How far annotators of COCO differ, by joint (cocoeval.py, `kpt_oks_sigmas`), in the order of
# COCO-18. COCO has no neck; it is left out, so that the OKS is that of COCO's own 17 joints.
SIGMAS = np.array(
    [
        *(0.026, np.nan),  # nose, neck
        *(0.079, 0.072, 0.062) * 2,  # shoulder, elbow, wrist
        *(0.107, 0.087, 0.089) * 2,  # hip, knee, ankle
        *(0.025, 0.025, 0.035, 0.035),  # eyes, ears
    ]
)
IN_COCO = np.isfinite(SIGMAS)
# COCO's scale is the area of a person's outline: on average 0.53 of the area of their box.
OUTLINE_OF_BOX = 0.53


def keypoint_similarity(
    found: NDArray[np.floating],
    truth: NDArray[np.floating],
    judged: NDArray[np.bool_],
    area_px: NDArray[np.floating],
) -> NDArray[np.float64]:
    """The OKS of each sample, (n,) in 0..1; NaN if none of its joints is judged.

    It is the mean over the judged joints of exp(-d² / (2 s² k²)), where s² is the outline's area
    (n,) and k = 2 sigma (https://cocodataset.org/#keypoints-eval). Joints are (n, 18, 2) in
    pixels, NaN where not found; judged is (n, 18).
    """
    used = judged & IN_COCO
    squared = ((found - truth) ** 2).sum(axis=2)
    k = 2 * np.where(IN_COCO, SIGMAS, 1.0)
    similarity = np.exp(-squared / (2 * area_px[:, None] * k**2))
    similarity = np.where(used & np.isfinite(similarity), similarity, 0.0)
    count = used.sum(axis=1)
    result: NDArray[np.float64] = np.full(len(truth), np.nan)
    np.divide(similarity.sum(axis=1), count, out=result, where=count > 0)
    return result
