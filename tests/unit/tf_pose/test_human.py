"""A person as joints and as arrays."""

import numpy as np
import pytest

from tf_pose.geometry import Box
from tf_pose.human import BodyPart, Human
from tf_pose.skeleton import LIMBS, MIRRORED, CocoPart


def test_a_person_survives_conversion_to_arrays():
    human = Human(
        {1: BodyPart("0-1", 1, 0.5, 0.25, 0.8), 4: BodyPart("0-4", 4, 0.1, 0.9, 0.4)}, 1.1
    )
    xy, score = human.arrays()
    assert xy.shape == (18, 2) and xy.dtype == np.float32
    assert score.shape == (18,) and score.dtype == np.float32
    assert np.flatnonzero(np.isfinite(xy[:, 0])).tolist() == [1, 4]
    assert score[[0, 1, 4]] == pytest.approx([0, 0.8, 0.4])
    again = Human.from_arrays(xy, score, human.score)
    assert again.score == 1.1 and again.part_count() == 2
    np.testing.assert_array_equal(again.arrays()[0], xy)


def test_the_score_is_the_joints_mean_by_default():
    xy, score = np.full((18, 2), np.nan), np.zeros(18)
    xy[[0, 3]], score[[0, 3]] = 0.5, (0.4, 0.8)
    assert Human.from_arrays(xy, score).score == pytest.approx(0.6)
    assert Human.from_arrays(np.full((18, 2), np.nan), score).score == 0.0


def test_arrays_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"expected xy \(18, 2\) .* got \(17, 2\)"):
        Human.from_arrays(np.zeros((17, 2)), np.zeros(18))


def test_parts_have_names():
    part = BodyPart("0-4", 4, 0.104, 0.9, 0.4)
    assert part.get_part_name() is CocoPart.RWrist
    assert str(part) == "BodyPart:4-(0.10, 0.90) score=0.40"


def test_mirroring_swaps_sides_and_twice_changes_nothing():
    assert [MIRRORED[k] for k in MIRRORED] == list(range(18))
    for part in CocoPart:
        if part is not CocoPart.Background:
            name = CocoPart(MIRRORED[part.value]).name
            other = {"R": "L", "L": "R"}.get(part.name[0], part.name[0]) + part.name[1:]
            assert name == other
    assert {frozenset((MIRRORED[a], MIRRORED[b])) for a, b in LIMBS} == set(map(frozenset, LIMBS))


def test_a_person_in_a_region_is_mapped_to_the_whole_image():
    human = Human({4: BodyPart("0-4", 4, 0.5, 0.25, 0.4)}, 1.1)
    whole = human.to_whole_image(Box(0.2, -0.5, 0.4, 2.0))  # the part may reach beyond
    assert whole.arrays()[0][4] == pytest.approx([0.4, 0.0])
    assert (whole.score, whole.body_parts[4].score, whole.body_parts[4].uidx) == (1.1, 0.4, "0-4")
    assert human.body_parts[4].x == 0.5  # and stays where they were there
