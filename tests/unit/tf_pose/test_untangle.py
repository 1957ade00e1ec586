import numpy as np

from tf_pose.human import Human
from tf_pose.untangle import untangled

FRONTAL = {2: 0.4, 5: 0.6, 8: 0.45, 9: 0.44, 10: 0.43, 11: 0.55, 12: 0.56, 13: 0.57}


def person(x: dict[int, float]) -> Human:
    xy = np.full((18, 2), np.nan, np.float32)
    for joint, at in x.items():
        xy[joint] = at, joint / 18
    return Human.from_arrays(xy, np.where(np.isnan(xy[:, 0]), 0, 0.9).astype(np.float32))


def xs(human: Human) -> dict[int, float]:
    return {k: round(part.x, 2) for k, part in human.body_parts.items()}


def test_legs_the_wrong_way_round_are_exchanged() -> None:
    tangled = FRONTAL | {k: FRONTAL[k + 3] for k in (8, 9, 10)}
    tangled |= {k + 3: FRONTAL[k] for k in (8, 9, 10)}
    assert xs(untangled(person(tangled))) == FRONTAL
    assert all(k == part.part_idx for k, part in untangled(person(tangled)).body_parts.items())


def test_a_person_from_the_front_or_from_behind_stays() -> None:
    assert xs(untangled(person(FRONTAL))) == FRONTAL
    behind = {k: round(1 - x, 2) for k, x in FRONTAL.items()}
    assert xs(untangled(person(behind))) == behind


def test_hips_that_are_close_together_say_nothing() -> None:
    narrow = FRONTAL | {8: 0.51, 11: 0.49}
    assert xs(untangled(person(narrow))) == narrow


def test_without_hips_nothing_is_known() -> None:
    arms = {k: x for k, x in FRONTAL.items() if k < 8}
    assert xs(untangled(person(arms))) == arms
