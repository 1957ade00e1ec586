"""People are those that the rules give when they are followed one joint at a time."""

import numpy as np
import pytest

from tests.unit.tf_pose.decoding import plain_decoding
from tests.unit.tf_pose.synthetic_maps import STANDING, add_field, add_heat, make_maps, moved
from tf_pose.decoding.postprocess import decode_people
from tf_pose.skeleton import LIMBS

HEIGHT, WIDTH = 32, 50
OTHERS = {"alone": [], "beside": [moved(STANDING, 17, 1)], "crossed": [STANDING * 0.9 + [6, 1]]}


def doubtful_maps(seed, others):
    """Maps as of a dark room: faint joints, ghosts of joints, weak fields, and noise."""
    random = np.random.default_rng(seed)
    maps = make_maps([STANDING * random.uniform(0.8, 1.0), *others], HEIGHT, WIDTH)
    for part in random.choice(18, 7, replace=False):
        maps[..., part] *= random.choice([0.0, 0.02, 0.1, 0.4])
    for part in random.integers(0, 18, 30):
        add_heat(maps, part, random.uniform((0, 0), (WIDTH - 1, HEIGHT - 1)), random.uniform(0, 1))
    for limb in random.integers(0, len(LIMBS), 8):
        ends = random.uniform((0, 0), (WIDTH - 1, HEIGHT - 1), (2, 2))
        add_field(maps, limb, *ends, random.uniform(-1, 1))
    maps[..., 19:] *= random.uniform(0.2, 1.0, (HEIGHT, WIDTH, 1))
    return (maps + random.normal(0, 0.004, maps.shape)).astype(np.float32)


@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("seed", range(6))
def test_the_people_in_doubtful_maps_are_those_of_the_plain_rules(seed, others):
    maps = doubtful_maps(seed, others)
    expected = plain_decoding.people_of(maps)
    found = decode_people(maps, faint=True)
    assert len(found) == len(expected) > 0
    for human, joints in zip(found, expected, strict=True):
        assert human.body_parts.keys() == joints.keys()
        for part, joint in joints.items():
            got = human.body_parts[part]
            assert (got.x, got.y, got.score) == pytest.approx(joint, abs=1e-4)
