"""Offline the instructor is the one who is seen the longest in each shot."""

import numpy as np

from rtc_server.tracks import is_cut, keep_instructor
from rtc_server.values import PoseTrack

STANDING = np.array(
    [
        *((0.0, -0.6), (0.0, -0.4), (-0.15, -0.4), (-0.2, -0.2), (-0.2, 0.0), (0.15, -0.4)),
        *((0.2, -0.2), (0.2, 0.0), (-0.1, 0.0), (-0.1, 0.3), (-0.1, 0.6), (0.1, 0.0)),
        *((0.1, 0.3), (0.1, 0.6), (-0.03, -0.63), (0.03, -0.63), (-0.06, -0.6), (0.06, -0.6)),
    ],
    np.float32,
)


def track(places: list[float | None]) -> PoseTrack:
    """Somebody standing at each x of `places`, nobody where None; five samples a second."""
    xy = np.full((len(places), 18, 2), np.nan, np.float32)
    for k, x in enumerate(places):
        if x is not None:
            xy[k] = STANDING * 0.4 + (x, 0.5)
    score = np.isfinite(xy).all(axis=2).astype(np.float32)
    return PoseTrack(np.arange(len(places)) / 5, xy, score, aspect=1.0)


def seen(places: list[float | None], cuts: tuple[int, ...] = ()) -> list[bool]:
    marks = np.isin(np.arange(len(places)), cuts)
    kept = keep_instructor(track(places), marks)
    there = np.isfinite(kept.xy).all(axis=(1, 2))
    assert (there == (kept.score > 0).all(axis=1)).all()
    return there.tolist()


def test_one_person_is_kept_as_they_are() -> None:
    places: list[float | None] = [0.3, 0.32, None, 0.35, 0.4]
    assert seen(places) == [True, True, False, True, True]


def test_who_comes_while_the_instructor_is_away_is_left_out() -> None:
    assert seen([0.2] * 6 + [None] * 5 + [0.9] * 4) == [True] * 6 + [False] * 9


def test_who_comes_first_and_goes_is_left_out() -> None:
    assert seen([0.9] * 3 + [0.2] * 8) == [False] * 3 + [True] * 8


def test_an_instructor_who_comes_back_is_the_same_one() -> None:
    assert seen([0.2] * 4 + [0.9] * 3 + [0.22] * 4) == [True] * 4 + [False] * 3 + [True] * 4


def test_after_a_cut_the_instructor_may_stand_elsewhere() -> None:
    assert seen([0.2] * 6 + [0.9] * 4, cuts=(6,)) == [True] * 10


def test_a_few_joints_are_not_doubted() -> None:
    whole = track([0.2] * 4)
    whole.xy[2, 2:] = np.nan
    kept = keep_instructor(whole, np.zeros(4, np.bool_))
    assert np.isfinite(kept.xy[2, :2]).all()


def test_nobody_at_all() -> None:
    assert seen([None, None]) == [False, False]


def test_a_cut_changes_the_whole_picture_and_a_movement_only_some() -> None:
    room = np.full((24, 32), 200, np.uint8)
    moved = room.copy()
    moved[4:20, 10:16] = 30
    assert not is_cut(room, moved)
    assert is_cut(room, np.full((24, 32), 90, np.uint8))
