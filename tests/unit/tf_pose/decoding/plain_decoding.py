"""How people are read from a crop's maps, one literal step after another: for comparison only.

Peaks to a part of a cell, people limb by limb, arms and legs as chains, then missing joints; every
rule is written out for one joint or limb at a time, in double precision.
"""

import math
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from tests.unit.tf_pose import reference
from tf_pose.skeleton import LONGEST_TORSOS

FAINT, CERTAIN = 0.01, 0.03
TAPS = [math.exp(-(k**2) / (2 * 0.5**2)) for k in range(-2, 3)]
CHAINS = [(2, 3), (4, 5), (7, 8), (10, 11)]


@dataclass
class Joint:
    """A peak, or a joint of somebody."""

    x: float
    y: float
    score: float


@dataclass
class Body:
    """Somebody's joints by part; for each, its number among the part's peaks."""

    joints: dict[int, int] = field(default_factory=dict)


def people_of(maps):
    """Each person as {part: (x, y, score)}, in 0..1 of the maps."""
    maps = maps.astype(np.float64)
    height, width = maps.shape[:2]
    peaks = [peaks_of(maps[..., part]) for part in range(18)]
    people = [Body(joints) for joints in grouped(maps, peaks)]
    for body in people:
        for upper, lower in CHAINS:
            choose_chain(body, people, upper, lower, maps, peaks)
    for body in people:
        for _ in range(3):
            complete(body, people, maps, peaks)
    return [
        {
            part: ((joint.x + 0.5) / width, (joint.y + 0.5) / height, joint.score)
            for part, joint in ((part, peaks[part][k]) for part, k in body.joints.items())
        }
        for body in people
    ]


def peaks_of(heat):
    soft = smoothed(smoothed(heat).T).T
    padded = np.pad(soft, 1, mode="edge")
    found = []
    for y, x in product(*map(range, heat.shape)):
        around = padded[y : y + 3, x : x + 3]
        if soft[y, x] > FAINT and soft[y, x] == around.max():
            dx, dy = vertex(*around[1]), vertex(*around[:, 1])
            found.append(Joint(x + dx, y + dy, heat[y, x]))
    return found


def smoothed(rows):
    padded = np.pad(rows, ((0, 0), (2, 2)))
    taps = np.array(TAPS) / sum(TAPS)
    return sum(tap * padded[:, k : k + rows.shape[1]] for k, tap in enumerate(taps))


def vertex(before, here, after):
    bend = before - 2 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < -1e-6 else 0.0


def grouped(maps, peaks):
    """People from the certain peaks, as tf-pose groups them: {part: number of the peak}."""
    people = []
    for limb, (a, b, *_) in enumerate(reference.LIMBS):
        pairs = []
        for (i, start), (j, end) in product(certain(peaks[a]), certain(peaks[b])):
            score = affinity(maps, limb, start, end)
            if score is not None:
                pairs.append((score, i, j))
        used_a, used_b = set(), set()
        for score, i, j in sorted(pairs, key=lambda pair: -pair[0]):
            if i not in used_a and j not in used_b:
                used_a.add(i)
                used_b.add(j)
                reference._join(people, limb, a, b, i, j, score, peaks)
    return [
        person["parts"]
        for person in people
        if person["count"] >= 4 and person["total"] / person["count"] >= 0.3
    ]


def certain(peaks):
    return [(k, peak) for k, peak in enumerate(peaks) if peak.score > CERTAIN]


def affinity(maps, limb, start, end):
    """How well the field points along a pair, or None where it is not a limb."""
    along, length = aligned(maps, limb, start, end)
    if length == 0:
        return None
    score = sum(along) / 10 + min(0.0, 0.5 * len(maps) / length - 1.0)
    return score if sum(value > 0.05 for value in along) > 6 and score > 0 else None


def aligned(maps, limb, start, end):
    """The field along a pair at ten points, and the pair's length."""
    field_x, field_y = (maps[..., 19 + channel] for channel in reference.LIMBS[limb][2:])
    dx, dy = end.x - start.x, end.y - start.y
    length = math.hypot(dx, dy)
    along = []
    for k in range(10):
        x = min(int(start.x + k * dx / 10 + 0.5), maps.shape[1] - 1)
        y = min(int(start.y + k * dy / 10 + 0.5), maps.shape[0] - 1)
        along.append((dx * field_x[y, x] + dy * field_y[y, x]) / length if length else 0.0)
    return along, length


def support(body, limb, start, end, maps, peaks):
    """The mean of the field along a limb of somebody, less what it is too long."""
    along, length = aligned(maps, limb, start, end)
    longest = LONGEST_TORSOS[limb] * torso(body, peaks)
    return sum(along) / 10 - 3.0 * max(0.0, length / longest - 1)


def torso(body, peaks):
    at = {part: peaks[part][k] for part, k in body.joints.items()}
    hips = [at[part] for part in (8, 11) if part in at]
    sizes = []
    if hips and 1 in at:
        x, y = (sum(getattr(hip, axis) for hip in hips) / len(hips) for axis in "xy")
        sizes.append(math.hypot(x - at[1].x, y - at[1].y))
    if 2 in at and 5 in at:
        sizes.append(1.3 * math.hypot(at[2].x - at[5].x, at[2].y - at[5].y))
    return max(sizes, default=math.inf) or math.inf


def free(part, body, people, peaks):
    """The part's peaks that are nobody else's."""
    taken = {other.joints.get(part) for other in people if other is not body}
    return [(k, peak) for k, peak in enumerate(peaks[part]) if k not in taken]


def choose_chain(body, people, upper, lower, maps, peaks):
    root, middle, end = *reference.LIMBS[upper][:2], reference.LIMBS[lower][1]
    if root not in body.joints:
        return
    body.joints.pop(middle, None)
    body.joints.pop(end, None)
    best = 0.0
    for i, elbow in free(middle, body, people, peaks):
        above = worth(body, upper, peaks[root][body.joints[root]], elbow, maps, peaks)
        for j, wrist in [(None, None), *free(end, body, people, peaks)]:
            below = 0.0 if wrist is None else worth(body, lower, elbow, wrist, maps, peaks)
            if above + below > best:
                best, body.joints[middle] = above + below, i
                body.joints.pop(end, None)
                if j is not None:
                    body.joints[end] = j


def worth(body, limb, start, end, maps, peaks):
    agreement = support(body, limb, start, end, maps, peaks)
    return agreement + 2.0 * end.score if agreement >= -0.5 else -math.inf


def complete(body, people, maps, peaks):
    """One joint farther from each that is known."""
    best = {}
    for limb, (a, b, *_) in enumerate(reference.LIMBS[:17]):
        if (a in body.joints) == (b in body.joints):
            continue
        known, missing = (a, b) if a in body.joints else (b, a)
        here = peaks[known][body.joints[known]]
        for k, there in free(missing, body, people, peaks):
            ends = (here, there) if known == a else (there, here)
            agreement = support(body, limb, *ends, maps, peaks)
            value = agreement + 2.0 * there.score
            if agreement > 0 and value > best.get(missing, (-math.inf, 0))[0]:
                best[missing] = value, k
    body.joints.update({part: k for part, (_, k) in best.items()})
