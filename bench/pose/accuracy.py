"""Measures how near found joints are to the true ones: PCK and OKS. Pure.

Joints are COCO-18 in tf-pose's order, (n, 18, 2) in pixels, NaN where not found. `judged`, (n, 18),
says which joints count: those that can be seen. A joint that is judged and was not found is wrong.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tf_pose.keypoint_similarity import OUTLINE_OF_BOX, keypoint_similarity

__all__ = ["OUTLINE_OF_BOX", "box_area", "distances_in_torsos", "distances_px", "oks", "pck"]

Joints = NDArray[np.floating]
Judged = NDArray[np.bool_]

NECK, HIPS = 1, (8, 11)


def torso_px(truth: Joints) -> NDArray[np.float64]:
    """The distance from the neck to the middle of the hips, (n,) pixels."""
    hips = truth[:, HIPS].mean(axis=1)
    return np.asarray(np.linalg.norm(truth[:, NECK] - hips, axis=1), np.float64)


def box_area(joints: Joints, size: tuple[int, int]) -> NDArray[np.float64]:
    """The area of the joints' box inside a frame of (width, height), (n,) square pixels.

    COCO's outlines end at the border of the image, too.
    """
    inside = np.clip(joints, 0, np.array(size, np.float64))
    return np.asarray(np.prod(inside.max(axis=1) - inside.min(axis=1), axis=1), np.float64)


def distances_in_torsos(found: Joints, truth: Joints) -> NDArray[np.float64]:
    """The error of each joint, (n, 18) in torsos; infinite where the joint was not found."""
    _check(found, truth)
    apart = np.linalg.norm(found - truth, axis=2) / torso_px(truth)[:, None]
    return np.where(np.isfinite(apart), apart, np.inf)


def pck(found: Joints, truth: Joints, judged: Judged, share: float = 0.1) -> float:
    """The share of the judged joints whose error is at most `share` of the torso.

    Yang and Ramanan 2013, relative to the torso. NaN if no joint is judged.
    """
    near: Judged = np.less_equal(distances_in_torsos(found, truth), share)
    return _mean(near[_checked(judged, truth)])


def found_share(found: Joints, judged: Judged) -> float:
    """The share of the judged joints that were found, right or wrong; NaN if none is judged."""
    there = np.asarray(np.isfinite(found).all(axis=2))
    return _mean(there[_checked(judged, found)])


def oks(
    found: Joints, truth: Joints, judged: Judged, area_px: NDArray[np.floating]
) -> NDArray[np.float64]:
    """COCO's object keypoint similarity of each sample, (n,) in 0..1; NaN if no joint is judged."""
    _check(found, truth)
    return keypoint_similarity(found, truth, _checked(judged, truth), area_px)


def distances_px(first: Joints, second: Joints) -> NDArray[np.float64]:
    """The distances of the joints that both found, (m,) pixels."""
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


def _checked(judged: Judged, joints: Joints) -> Judged:
    if judged.shape != joints.shape[:2]:
        raise ValueError(f"expected judged {joints.shape[:2]}, got {judged.shape}")
    return judged
