import numpy as np
import pytest

from tf_pose.human import Human
from tf_pose.tracking.left_right import fix_left_right

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
    assert xs(fix_left_right(person(tangled))) == FRONTAL
    assert all(k == part.part_idx for k, part in fix_left_right(person(tangled)).body_parts.items())


def test_a_person_from_the_front_or_from_behind_stays() -> None:
    assert xs(fix_left_right(person(FRONTAL))) == FRONTAL
    behind = {k: round(1 - x, 2) for k, x in FRONTAL.items()}
    assert xs(fix_left_right(person(behind))) == behind


def test_hips_that_are_close_together_say_nothing() -> None:
    narrow = FRONTAL | {8: 0.51, 11: 0.49}
    assert xs(fix_left_right(person(narrow))) == narrow


def test_without_hips_nothing_is_known() -> None:
    arms = {k: x for k, x in FRONTAL.items() if k < 8}
    assert xs(fix_left_right(person(arms))) == arms


FACE = {0: 0.5, 14: 0.49, 15: 0.51}  # nose, right eye, left eye of somebody who faces us
ARMS = {2: 0.4, 3: 0.35, 4: 0.3, 5: 0.6, 6: 0.65, 7: 0.7}
BACK = {k: round(1 - x, 2) for k, x in ARMS.items()}


def test_shoulders_that_contradict_the_face_are_exchanged_with_their_arms() -> None:
    human = fix_left_right(person(FACE | BACK))
    assert xs(human) == FACE | ARMS
    assert all(k == part.part_idx for k, part in human.body_parts.items())


def test_legs_follow_shoulders_that_were_exchanged() -> None:
    legs = {k: x for k, x in FRONTAL.items() if k >= 8}
    behind = {k: round(1 - x, 2) for k, x in legs.items()}
    assert xs(fix_left_right(person(FACE | BACK | behind))) == FACE | ARMS | legs


def test_shoulders_that_agree_with_the_face_stay() -> None:
    assert xs(fix_left_right(person(FACE | ARMS))) == FACE | ARMS


@pytest.mark.parametrize("missing", FACE)
def test_a_part_of_a_face_contradicts_nobody(missing: int) -> None:
    part = {k: x for k, x in FACE.items() if k != missing}
    assert xs(fix_left_right(person(part | BACK))) == part | BACK


@pytest.mark.parametrize("faint", FACE)
def test_a_face_hardly_seen_contradicts_nobody(faint: int) -> None:
    human = person(FACE | BACK)
    human.body_parts[faint] = human.body_parts[faint]._replace(score=0.15)
    assert fix_left_right(human) is human


def test_eyes_the_other_way_round_are_no_face() -> None:
    turned = FACE | {14: 0.51, 15: 0.49}
    assert xs(fix_left_right(person(turned | BACK))) == turned | BACK


def test_a_face_says_nothing_of_one_shoulder() -> None:
    one = {k: x for k, x in BACK.items() if k != 2}
    assert xs(fix_left_right(person(FACE | one))) == FACE | one
