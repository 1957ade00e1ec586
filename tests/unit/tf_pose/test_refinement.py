"""People are refined in crops of their own, with an estimator that returns given people."""

import numpy as np
import pytest

from tests.unit.tf_pose.synthetic_maps import STANDING, moved, only, without
from tf_pose.human import Human
from tf_pose.pose_geometry import torso_px
from tf_pose.refinement import MAX_PEOPLE, find_closest, refine_people

WIDTH, HEIGHT = 640, 480
IMAGE = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
SCALE = np.array([WIDTH, HEIGHT], np.float32)
POSE = STANDING * 6 + np.float32([10, 100])  # pixels; about 54 of torso
TORSO = torso_px(POSE)
FEW = (0, 1, 2, 5)  # nose, neck, shoulders


def human(pose):
    return Human.from_arrays((pose / SCALE).astype(np.float32), np.full(18, 0.8, np.float32), 1.0)


def smaller(pose, times, x=0):
    return moved((pose - pose[1]) * np.float32(times) + pose[1], x, 0)


def shifted(pose, torsos):
    return moved(pose, torsos * TORSO, 0)


class FakeRegionEstimator:
    """Finds those of these people who are mostly in the region, and records the regions."""

    def __init__(self, *poses):
        self.poses, self.regions = poses, []

    def __call__(self, region):
        self.regions.append(region)
        x, y, w, h = region
        low, high = [x, y], [x + w, y + h]
        inside = [np.nanmean((low <= pose) & (pose <= high)) > 0.9 for pose in self.poses]
        return [human(p) for p, there in zip(self.poses, inside, strict=True) if there]


def refined_poses(people, estimator):
    """The poses after refinement, in pixels."""
    return [
        h.arrays()[0] * SCALE for h in refine_people([human(p) for p in people], IMAGE, estimator)
    ]


def is_same(pose, expected):
    return np.allclose(pose, expected, atol=0.01, equal_nan=True)


def test_a_person_is_replaced_by_the_pose_in_the_crop():
    (pose,) = refined_poses([without(POSE, 4)], FakeRegionEstimator(shifted(POSE, 0.05)))
    assert is_same(pose, shifted(POSE, 0.05))


def test_the_crop_holds_the_person():
    estimator = FakeRegionEstimator()
    refined_poses([POSE], estimator)
    (region,) = estimator.regions
    assert region.x < POSE[:, 0].min() and POSE[:, 0].max() < region.x + region.w
    assert region.y < POSE[:, 1].min() and POSE[:, 1].max() < region.y + region.h


def test_the_largest_person_is_refined_first():
    estimator = FakeRegionEstimator()
    refined_poses([smaller(POSE, 0.5, 300), POSE, smaller(POSE, 0.7, 180)], estimator)
    assert [region.x for region in estimator.regions] == sorted(
        region.x for region in estimator.regions
    )
    assert len(estimator.regions) == 3


def test_people_stay_in_their_order():
    people = [smaller(POSE, 0.5, 300), POSE, smaller(POSE, 0.7, 180)]
    after = refined_poses(people, FakeRegionEstimator(*people[::-1]))
    assert [is_same(a, b) for a, b in zip(after, people, strict=True)] == [True] * 3


def test_a_person_not_found_in_the_crop_stays():
    (pose,) = refined_poses([POSE], FakeRegionEstimator())
    assert is_same(pose, POSE)


@pytest.mark.parametrize("other", [shifted(POSE, 0.6), smaller(POSE, 0.5), smaller(POSE, 2.0)])
def test_somebody_else_in_the_crop_is_not_them(other):
    (pose,) = refined_poses([POSE], lambda _: [human(other)])
    assert is_same(pose, POSE)


def test_a_fragment_of_somebody_is_left_out():
    fragment = shifted(only(POSE, *FEW), 0.1)
    (pose,) = refined_poses([fragment, POSE], FakeRegionEstimator(POSE))
    assert is_same(pose, POSE)


def test_a_near_person_missing_from_the_crop_stays():
    near = shifted(POSE, 0.4)
    first, second = refined_poses([POSE, near], lambda _: [human(POSE)])
    assert is_same(first, POSE) and is_same(second, near)


def test_a_near_person_in_the_crop_is_refined():
    near, closer = shifted(POSE, 0.4), shifted(POSE, 0.45)
    first, second = refined_poses([POSE, near], lambda _: [human(POSE), human(closer)])
    assert is_same(first, POSE) and is_same(second, closer)


def crowd(count):
    return [smaller(POSE, 1 - k / 80, 12 * k) for k in range(count)]


def test_no_more_than_thirty_people_are_refined():
    estimator = FakeRegionEstimator()
    refined_poses(crowd(MAX_PEOPLE + 5), estimator)
    assert len(estimator.regions) == MAX_PEOPLE == 30


def test_people_beyond_the_limit_stay():
    people = crowd(MAX_PEOPLE + 5)
    after = refined_poses(people, FakeRegionEstimator())
    assert [is_same(a, b) for a, b in zip(after, people, strict=True)] == [True] * len(people)


def test_parts_are_named_after_their_person():
    fragment = shifted(only(POSE, *FEW), 0.1)
    people = [human(pose) for pose in (fragment, POSE, smaller(POSE, 0.7, 180))]
    after = refine_people(people, IMAGE, FakeRegionEstimator(POSE, smaller(POSE, 0.7, 180)))
    assert [next(iter(h.body_parts.values())).uidx for h in after] == ["0-0", "1-0"]


def test_no_people_stay_no_people():
    assert refine_people([], IMAGE, FakeRegionEstimator(POSE)) == []


def test_a_person_without_joints_is_not_refined():
    estimator = FakeRegionEstimator(POSE)
    assert refine_people([Human()], IMAGE, estimator) == [Human()]
    assert estimator.regions == []


def test_the_closest_person_is_chosen():
    near, nearer = human(shifted(POSE, 0.3)), human(shifted(POSE, -0.1))
    assert find_closest(POSE, [near, nearer], SCALE) is nearer
    assert find_closest(POSE, [], SCALE) is None


def test_tiny_differences_in_position_give_the_same_crop():
    looked = []
    for x in (0.0, 0.4, -0.4):
        refine_people(
            [human(moved(POSE, x - 6, 0))], IMAGE, lambda region: looked.append(region) or []
        )
    assert len(looked) == 3 and len(set(looked)) == 1
    box = looked[0]
    corner, size = np.array([box.x, box.y]), np.array([box.w, box.h])
    assert np.all((corner < POSE - [6, 0]) & (corner + size > POSE - [6, 0]))
