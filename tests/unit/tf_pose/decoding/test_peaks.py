"""Where the heatmaps are highest."""

import numpy as np
import pytest

from tests.unit.tf_pose.synthetic_maps import STANDING, make_maps
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import find_local_maxima, find_peaks, find_reference_peaks


def test_fine_peaks_find_joints_between_cells():
    joints = STANDING + np.float32([0.27, -0.21])
    peaks = find_peaks(make_maps([joints], 32, 32))
    assert peaks.part.tolist() == list(range(18))
    assert np.abs(peaks.xy - joints).max() < 0.06


def test_fine_and_reference_peaks_are_in_the_same_places():
    maps = make_maps([STANDING], 32, 32)
    fine, exact = find_peaks(maps), find_reference_peaks(Maps(maps, (128, 128)))
    assert exact.part.tolist() == fine.part.tolist()
    # Fine pixel p is cell (p + 0.5) / 4 − 0.5.
    assert np.abs((exact.xy + 0.5) / 4 - 0.5 - fine.xy).max() < 0.3
    assert exact.confidence == pytest.approx(fine.confidence, abs=1e-6)


def test_peaks_come_by_part_then_row_then_column():
    planes = np.zeros((2, 9, 9), np.float32)
    planes[1, 2, 6] = planes[1, 2, 2] = planes[0, 7, 7] = planes[1, 0, 8] = 1.0
    found = np.stack(find_local_maxima(planes), axis=1).tolist()
    assert found == [[0, 7, 7], [1, 0, 8], [1, 2, 2], [1, 2, 6]]


def test_faint_and_flat_places_are_not_peaks():
    assert find_local_maxima(np.full((1, 6, 6), 0.05, np.float32))[0].size == 0
    slope = np.tile(np.linspace(0, 1, 6, dtype=np.float32), (6, 1))[None]
    plane, _, x = find_local_maxima(slope)
    assert set(x.tolist()) == {5} and plane.size == 6  # the ridge, as tf-pose has it


def test_peaks_of_a_part_are_a_slice():
    peaks = find_peaks(make_maps([STANDING, STANDING + 24], 56, 56))
    there = peaks.of_part(4)
    assert peaks.part[there].tolist() == [4, 4]
    assert peaks.xy[there] == pytest.approx(np.stack([STANDING[4], STANDING[4] + 24]), abs=0.1)


def test_fainter_peaks_are_found_on_request():
    maps = make_maps([STANDING], 32, 32) * np.float32(0.03)
    assert find_peaks(maps).part.size == 0
    assert find_peaks(maps, 0.01).part.tolist() == list(range(18))
