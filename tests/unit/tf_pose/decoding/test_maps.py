"""Upsampled maps, compared with their definition."""

import numpy as np
import pytest

from tests.unit.tf_pose import reference
from tf_pose.decoding.maps import Maps, area_matrix, gaussian_kernel

R_HIP_TO_KNEE = 7  # its field is in channels 2 and 3 of those after the 19 heatmaps


def test_whole_factors_repeat_each_cell():
    matrix = area_matrix(3, 12)
    assert np.array_equal(matrix, np.repeat(np.eye(3, dtype=np.float32), 4, axis=0))


@pytest.mark.parametrize(("coarse", "fine"), [(46, 184), (7, 20), (20, 7), (55, 216), (5, 5)])
def test_area_resizing_keeps_the_mean(coarse, fine):
    matrix = area_matrix(coarse, fine)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(fine), abs=1e-5)
    assert matrix.sum(axis=0) == pytest.approx(np.full(coarse, fine / coarse), rel=1e-4)


def test_the_kernel_is_wider_than_its_sigma_says():
    taps = np.arange(25) - 12
    assert gaussian_kernel().sum() == pytest.approx(1.0)
    assert np.sqrt((gaussian_kernel() * taps**2).sum()) == pytest.approx(5.2, abs=0.1)


@pytest.mark.parametrize("shape", [(40, 48), (23, 31), (7, 9)])
def test_smoothing_and_lookup_equal_the_literal_ones(shape):
    coarse = np.random.default_rng(3).random((10, 12, 57), np.float32)
    fine = reference.resized(coarse.astype(np.float64), *shape)
    soft = reference.smoothed(fine[..., :18])
    maps = Maps(coarse, shape)
    assert maps.smoothed_heatmaps() == pytest.approx(soft.transpose(2, 0, 1), abs=1e-5)
    y, x = np.mgrid[: shape[0], : shape[1]]
    assert maps.heat_at(y, x, np.array(7)) == pytest.approx(fine[..., 7], abs=1e-5)
    assert maps.field_at(y, x, np.array([[R_HIP_TO_KNEE]])) == pytest.approx(
        fine[..., [21, 22]].transpose(2, 0, 1), abs=1e-5
    )


def test_cells_are_looked_up_as_they_are():
    coarse = np.random.default_rng(3).random((10, 12, 57), np.float32)
    y, x = np.mgrid[:10, :12]
    fields = Maps(coarse, (10, 12)).field_at(y, x, np.array([[R_HIP_TO_KNEE]]))
    np.testing.assert_array_equal(fields, coarse[..., [21, 22]].transpose(2, 0, 1))
