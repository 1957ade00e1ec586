"""Peaks become people."""

import numpy as np
import pytest

from tests.unit.tf_pose import reference
from tests.unit.tf_pose.synthetic_maps import STANDING, make_maps, moved
from tf_pose.decoding.grouping import Connection, assemble_people, connect_peaks, group_peaks
from tf_pose.decoding.limb_pairs import measure_pairs
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import coarse_maps, find_peaks, find_reference_peaks

CROSSED = STANDING * [0.9, 1] + [7, 1]  # arms and legs among the other one's


def group(people, height=32, width=48):
    maps = make_maps(people, height, width)
    peaks = find_peaks(maps)
    return group_peaks(measure_pairs(peaks, coarse_maps(maps))), peaks


def test_one_person_gets_all_their_joints():
    people, peaks = group([STANDING])
    assert [peaks.part[k] for k in people[0].peaks] == list(range(18))
    assert len(people) == 1 and people[0].score > 1


def test_two_people_keep_their_own_joints():
    people, peaks = group([STANDING, moved(STANDING, 20, 1)])
    assert len(people) == 2
    for person, joints in zip(people, (STANDING, moved(STANDING, 20, 1)), strict=True):
        assert peaks.xy[person.peaks] == pytest.approx(joints, abs=0.2)


@pytest.mark.parametrize("second", [STANDING * 0.95 + [20, 1], CROSSED, STANDING * 0.6 + [22, 9]])
def test_agrees_with_the_literal_algorithm(second):
    maps = make_maps([STANDING, second], 32, 48)
    fine = Maps(maps, (64, 96))
    peaks = find_reference_peaks(fine)
    # Both are painted perfectly, so that their limbs score alike: either may come first.
    people = sorted(
        group_peaks(measure_pairs(peaks, fine)), key=lambda person: peaks.xy[person.peaks[1], 0]
    )
    expected = sorted(reference.people_of(maps, 64, 96), key=lambda person: person[0][1])
    assert len(people) == len(expected)
    for person, (parts, score) in zip(people, expected, strict=True):
        assert person.score == pytest.approx(score, abs=1e-4)
        places = {p: tuple(peaks.xy[k] / (96, 64)) for p, k in enumerate(person.peaks) if k >= 0}
        assert places.keys() == parts.keys()
        for part, (x, y, _) in parts.items():
            assert places[part] == pytest.approx((x, y), abs=1e-6)


def test_three_joints_are_not_a_person():
    hidden = np.full_like(STANDING, np.nan)
    hidden[[2, 3, 4]] = STANDING[[2, 3, 4]]
    assert group([hidden])[0] == []


def test_without_peaks_nobody_is_found():
    assert group([])[0] == []


def test_a_joint_belongs_to_one_limb_of_a_kind():
    near = STANDING.copy()
    near[4] += [1.0, 6.0]  # a second right hand
    maps = make_maps([STANDING], 32, 48)
    maps[..., 4] = np.maximum(maps[..., 4], make_maps([near], 32, 48)[..., 4])
    peaks = find_peaks(maps)
    pairs = measure_pairs(peaks, coarse_maps(maps))
    forearms = [link for link in connect_peaks(pairs) if link.limb == 3]
    assert len(forearms) == 1
    assert peaks.xy[forearms[0].b] == pytest.approx(STANDING[4], abs=0.2)


def test_halves_of_a_person_are_merged_by_the_limb_between_them():
    score = np.full(4, 0.5, np.float32)
    links = [Connection(2, 0, 1, 0.8), Connection(12, 2, 3, 0.7), Connection(0, 2, 0, 0.9)]
    people = assemble_people(sorted(links, key=lambda link: link.limb != 12), score)
    assert len(people) == 1
    assert people[0].count == 4
    assert people[0].score_sum == pytest.approx(4 * 0.5 + 0.8 + 0.7 + 0.9)


def test_a_shoulder_to_ear_limb_starts_no_person():
    assert assemble_people([Connection(17, 0, 1, 1.0)], np.ones(2, np.float32)) == []


def test_fainter_peaks_belong_to_nobody():
    maps = make_maps([STANDING], 32, 48)
    maps[..., 4] *= 0.5
    peaks = find_peaks(maps)
    (all_of_them,) = group_peaks(measure_pairs(peaks, coarse_maps(maps)))
    (certain,) = group_peaks(measure_pairs(peaks, coarse_maps(maps), 0.6))
    assert all_of_them.peaks[4] >= 0
    assert certain.peaks == [-1 if part == 4 else k for part, k in enumerate(all_of_them.peaks)]
