"""Offline the instructor is the one who is seen the longest in each shot."""

import numpy as np

from rtc_server.pose.instructor_selection import choose_instructor, choose_instructors, is_cut
from rtc_server.types import Pose

STANDING = np.array(
    [
        *((0.0, -0.6), (0.0, -0.4), (-0.15, -0.4), (-0.2, -0.2), (-0.2, 0.0), (0.15, -0.4)),
        *((0.2, -0.2), (0.2, 0.0), (-0.1, 0.0), (-0.1, 0.3), (-0.1, 0.6), (0.1, 0.0)),
        *((0.1, 0.3), (0.1, 0.6), (-0.03, -0.63), (0.03, -0.63), (-0.06, -0.6), (0.06, -0.6)),
    ],
    np.float32,
)


def pose_at(x: float, t_s: float) -> Pose:
    return Pose(t_s, STANDING * 0.4 + (x, 0.5), np.ones(18, np.float32))


def chosen_x(places: list[dict[int, float]], cuts: tuple[int, ...] = ()) -> list[float | None]:
    """Where the instructor is chosen to be, of people standing at x by number."""
    samples = [{n: pose_at(x, k / 5) for n, x in people.items()} for k, people in enumerate(places)]
    chosen = choose_instructor(samples, [k in cuts for k in range(len(places))])
    return [None if pose is None else round(float(pose.xy[1, 0]), 2) for pose in chosen]


def all_x(places: list[dict[int, float]], cuts: tuple[int, ...] = ()) -> list[list[float | None]]:
    """Where each instructor is chosen to be."""
    samples = [{n: pose_at(x, k / 5) for n, x in people.items()} for k, people in enumerate(places)]
    chosen = choose_instructors(samples, [k in cuts for k in range(len(places))])
    return [[p and round(float(p.xy[1, 0]), 2) for p in poses] for poses in chosen]


def test_two_who_are_seen_as_long_and_as_well_are_both_instructors() -> None:
    assert all_x([{0: 0.3, 1: 0.7}] * 20) == [[0.3] * 20, [0.7] * 20]
    once_hidden = [{0: 0.35, 1: 0.7}] * 10 + [{0: 0.35}] + [{0: 0.35, 1: 0.7}] * 9
    assert all_x(once_hidden) == [[0.35] * 20, [0.7] * 10 + [None] + [0.7] * 9]


def test_the_first_of_them_is_the_instructor_that_there_was_without_the_others() -> None:
    places = [{0: 0.2, 1: 0.5, 2: 0.8}] * 5
    assert all_x(places)[0] == chosen_x(places) == [0.5] * 5
    assert len(all_x(places)) == 3


def test_who_comes_later_or_walks_past_is_no_instructor() -> None:
    assert len(all_x([{0: 0.4}] * 4 + [{0: 0.4, 1: 0.6}] * 16)) == 1
    assert len(all_x([{0: 0.4, 1: 0.6 + k / 60} for k in range(12)] + [{0: 0.4}] * 8)) == 1


def test_after_a_cut_nothing_says_who_is_who() -> None:
    assert len(all_x([{0: 0.3, 1: 0.7}] * 20, cuts=(10,))) == 1


def test_there_are_no_more_than_four_instructors() -> None:
    assert len(all_x([{k: 0.3 + k / 10 for k in range(5)}] * 5)) == 4


def test_one_person_is_kept_as_they_are() -> None:
    assert chosen_x([{0: 0.3}, {0: 0.32}, {}, {0: 0.35}]) == [0.3, 0.32, None, 0.35]


def test_the_person_who_is_seen_longer_is_the_instructor() -> None:
    assert chosen_x([{0: 0.8}] * 2 + [{0: 0.8, 1: 0.4}] * 3 + [{1: 0.4}] * 2) == (
        [None] * 2 + [0.4] * 5
    )


def test_of_two_seen_equally_long_the_more_prominent_is_the_instructor() -> None:
    assert chosen_x([{0: 0.9, 1: 0.5}] * 4) == [0.5] * 4


def test_a_person_who_comes_while_the_instructor_is_away_is_left_out() -> None:
    assert chosen_x([{0: 0.2}] * 6 + [{}] * 5 + [{1: 0.9}] * 4) == [0.2] * 6 + [None] * 9


def test_an_instructor_who_comes_back_is_the_same_person() -> None:
    assert chosen_x([{0: 0.2}] * 4 + [{1: 0.9}] * 3 + [{2: 0.22}] * 4) == (
        [0.2] * 4 + [None] * 3 + [0.22] * 4
    )


def test_nobody_is_in_two_places_at_once() -> None:
    assert chosen_x([{0: 0.3}] * 3 + [{0: 0.3, 1: 0.35}] * 3) == [0.3] * 6


def test_after_a_cut_the_instructor_may_stand_elsewhere() -> None:
    assert chosen_x([{0: 0.2}] * 6 + [{1: 0.9}] * 4, cuts=(6,)) == [0.2] * 6 + [0.9] * 4


def test_a_pose_of_a_few_joints_is_accepted() -> None:
    part = pose_at(0.9, 0.4)
    part.xy[2:] = np.nan
    samples = [{0: pose_at(0.2, 0)}, {0: pose_at(0.2, 0.2)}, {1: part}]
    assert choose_instructor(samples, [False] * 3)[2] is part


def test_without_people_there_is_no_instructor() -> None:
    assert chosen_x([{}, {}]) == [None, None]


def test_a_cut_changes_the_whole_frame_and_a_movement_only_part_of_it() -> None:
    room = np.full((24, 32), 200, np.uint8)
    moved = room.copy()
    moved[4:20, 10:16] = 30
    assert not is_cut(room, moved)
    assert is_cut(room, np.full((24, 32), 90, np.uint8))
