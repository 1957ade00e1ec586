"""Every pair of peaks, and the field between them."""

import numpy as np
import pytest

from tests.unit.tf_pose.synthetic_maps import STANDING, make_maps, without
from tf_pose.decoding.limb_pairs import CHAINS, SAMPLES, field_alignment, measure_pairs
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import Peaks, coarse_maps
from tf_pose.skeleton import LIMB_FIELDS, LIMBS
from tf_pose.tensors import FIELDS, HEATMAPS

FOREARM = 3


def random_peaks(counts, seed=0):
    """So many peaks of each part, anywhere."""
    part = np.repeat(np.arange(18), counts)
    xy = np.random.default_rng(seed).uniform(0, 30, (len(part), 2)).astype(np.float32)
    return Peaks(part, xy, np.ones(len(part), np.float32))


def test_every_start_is_paired_with_every_end_of_each_limb():
    counts = [2, 1, 3, 0, 2, *[1] * 12, 0]
    peaks = random_peaks(counts)
    pairs = measure_pairs(peaks, coarse_maps(make_maps([STANDING], 32, 32)))
    listed = list(zip(pairs.limb.tolist(), pairs.start.tolist(), pairs.end.tolist(), strict=True))
    assert listed == [
        (limb, a, b)
        for limb, (start, end) in enumerate(LIMBS)
        for a in np.flatnonzero(peaks.part == start).tolist()
        for b in np.flatnonzero(peaks.part == end).tolist()
    ]


def test_faint_peaks_are_paired_for_arms_and_legs_only():
    """A dark room has hundreds of faint peaks, and each pair costs."""
    part = np.repeat(np.arange(18), 3)
    xy = np.random.default_rng(0).uniform(0, 30, (len(part), 2)).astype(np.float32)
    peaks = Peaks(part, xy, np.tile(np.array([0.5, 0.4, 0.02], np.float32), 18))
    pairs = measure_pairs(peaks, coarse_maps(make_maps([STANDING], 32, 32)), 0.03)
    upper, lower = zip(*CHAINS, strict=True)
    listed = [len(pairs.table(k, pairs.length.tolist())) for k in range(len(LIMBS))]
    assert listed == [3 if k in lower else 2 for k in range(len(LIMBS))]
    for k in range(len(LIMBS)):
        for row in pairs.table(k, pairs.length.tolist()):
            assert len(row) == (3 if k in upper + lower else 2)


@pytest.mark.parametrize("limb", range(len(LIMBS)))
def test_a_limbs_values_are_a_table_of_its_starts_and_ends(limb):
    counts = [2, 1, 3, 0, 2, *[1] * 12, 0]
    peaks = random_peaks(counts)
    pairs = measure_pairs(peaks, coarse_maps(make_maps([STANDING], 32, 32)))
    table = pairs.table(limb, pairs.length.tolist())
    start, end = LIMBS[limb]
    spans = peaks.xy[peaks.part == start][:, None] - peaks.xy[peaks.part == end]
    assert len(table) == counts[start]
    for row, lengths in zip(table, np.hypot(*spans.transpose(2, 0, 1)), strict=True):
        assert row == pytest.approx(lengths)
    assert table == [pairs.of_start(limb, k, pairs.length) for k in range(counts[start])]


def test_a_limbs_own_field_is_looked_up_whatever_the_maps_resolution():
    maps = make_maps([without(STANDING, 4)], 32, 32)
    start, end = STANDING[[2]].T, STANDING[[3]].T
    coarse, _ = field_alignment(np.array([2]), start, end, coarse_maps(maps))
    fine, _ = field_alignment(np.array([2]), 4 * start + 1.5, 4 * end + 1.5, Maps(maps, (128, 128)))
    assert coarse == pytest.approx(np.ones((SAMPLES, 1)), abs=0.01)
    assert fine == pytest.approx(coarse, abs=0.01)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(STANDING[3], STANDING[4], 1.0), (STANDING[4], STANDING[3], -1.0)],
)
def test_alignment_is_the_mean_direction_of_the_field_along_a_limb(start, end, expected):
    along, length = aligned(start, end)
    assert along == pytest.approx(np.full((SAMPLES, 1), expected), abs=0.01)
    assert length == pytest.approx([np.hypot(*(STANDING[4] - STANDING[3]))])


def test_a_limb_across_the_field_is_not_aligned():
    span = STANDING[4] - STANDING[3]
    along, _ = aligned(STANDING[3], STANDING[3] + [-span[1], span[0]])
    assert along[0, 0] == pytest.approx(0.0, abs=0.01)


def test_two_peaks_at_one_place_have_no_alignment():
    along, length = aligned(STANDING[3], STANDING[3])
    assert not along.any() and length.tolist() == [0.0]


def test_a_peak_half_a_cell_beyond_the_last_cell_uses_the_last_cell():
    along, _ = aligned([47.5, 31.5], [40.0, 31.5], make_field(-0.7))
    assert along == pytest.approx(np.full((SAMPLES, 1), 0.7))


def aligned(start, end, maps=None):
    """How the forearm's field points from place to place."""
    start, end = np.array([start], np.float32).T, np.array([end], np.float32).T
    maps = make_maps([STANDING], 32, 48) if maps is None else maps
    return field_alignment(np.array([3]), start, end, coarse_maps(maps))


def make_field(x):
    """The forearm's field points that far to the right everywhere."""
    maps = np.zeros((32, 48, HEATMAPS + FIELDS), np.float32)
    maps[..., HEATMAPS + LIMB_FIELDS[3][0]] = x
    return maps
