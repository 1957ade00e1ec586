"""Following everybody: each person keeps a number while people come, cross, fall or go."""

import pytest

from tests.unit.tf_pose.fake_estimator import BLUE, RED, FakeEstimator, image_with_clothes, person
from tf_pose.tracking.multi_tracker import (
    FORGET_AFTER_S,
    MAX_PEOPLE,
    MAX_SEARCHED,
    SEARCH_INTERVAL_S,
    MultiTracker,
)


class Film:
    """Shows people in colours to a tracker, five frames a second."""

    def __init__(self):
        self.script = FakeEstimator()
        self.tracker = MultiTracker(self.script)
        self.k = 0

    def show(self, *people_and_colours, times=1):
        """Where each number is seen after so many such pictures, x in tens of px."""
        for _ in range(times):
            self.script.people = [human for human, _ in people_and_colours]
            seen = self.tracker.follow(image_with_clothes(*people_and_colours), self.k / 5)
            self.k += 1
        return {n: 10 * round(float(h.arrays()[0][1, 0]) * 64) for n, h in seen.items()}


@pytest.fixture
def film():
    return Film()


def test_each_person_keeps_their_number(film):
    first = None
    for step in range(10):
        seen = film.show((person(150 + 10 * step), RED), (person(500 - 10 * step), BLUE))
        first = first or seen
    assert seen == {n: x + 90 if x == 150 else x - 90 for n, x in first.items()}


def test_a_new_person_is_noticed_at_the_next_search(film):
    film.show((person(150), RED), times=6)
    waited = 0
    while len(film.show((person(150), RED), (person(500), BLUE))) < 2:
        waited += 1
    assert waited <= SEARCH_INTERVAL_S * 5


def test_between_two_searches_only_crops_of_people_are_analysed(film):
    film.show((person(150), RED), times=6)
    film.script.regions.clear()
    film.show((person(150), RED), times=5)
    whole = [roi for roi in film.script.regions if roi[2:] == (640.0, 480.0)]
    assert len(whole) == 1 and len(film.script.regions) == 6


def test_two_people_who_cross_keep_their_numbers(film):
    first = film.show((person(330), RED), (person(100), BLUE))
    for x in range(120, 560, 20):
        seen = film.show((person(330), RED), (person(x), BLUE))
    assert seen == {n: 330 if x == 330 else 540 for n, x in first.items()}


def test_one_person_is_never_two(film):
    film.show((person(300), RED), (person(340), RED), times=3)
    assert len(film.show((person(320), RED), times=2)) == 1


def test_a_person_who_falls_is_the_same_person(film):
    film.show((person(300, 5.0, y=80), RED), times=6)
    film.show(times=3)
    assert film.show((person(380, 5.0, y=340), RED), times=2) == {0: 380}


def test_a_person_who_enters_at_the_side_is_new(film):
    film.show((person(500), RED), times=6)
    film.show(times=3)
    assert list(film.show((person(60), RED), times=2)) == [1]


def test_a_person_in_other_clothes_is_new(film):
    film.show((person(300), RED), times=6)
    film.show(times=2)
    assert list(film.show((person(310), BLUE), times=2)) == [1]


def test_a_person_who_was_away_for_long_is_forgotten(film):
    film.show((person(300), RED), times=6)
    film.show(times=round(FORGET_AFTER_S * 5) + 1)
    assert list(film.show((person(300), RED))) == [1]


def test_the_number_of_followed_people_is_limited(film):
    crowd = [(person(60 + 75 * k, 3.0), RED) for k in range(8)]
    assert len(film.show(*crowd, times=6)) <= MAX_PEOPLE
    assert len(film.tracker._tracks) == MAX_PEOPLE


def test_nobody_is_followed_in_an_empty_room(film):
    assert film.show(times=3) == {}


def test_a_duplicate_of_a_known_person_leaves_no_trace(film):
    """The search finds a second person, but the crop shows that it is the first one."""
    first, ghost = person(300), person(420)
    film.show((first, RED), times=2)

    def look(npimg, *, roi, **_):
        return [first, ghost] if roi[2:] == (640.0, 480.0) else [first]

    film.script.inference = look
    film.tracker.match = lambda _who, seen: next((one for one in seen if one.human == first), None)
    for _ in range(12):
        assert list(film.show((first, RED))) == [0]
    assert list(film.tracker._tracks) == [0]


def test_of_a_crowd_only_the_most_prominent_are_looked_at(film):
    """Each look is a call of the network: a picture of hundreds of people would take minutes."""
    crowd = [(person(10 + 3 * k), RED) for k in range(200)]
    film.show(*crowd)
    crops = [roi for roi in film.script.regions if roi[2:] != (640.0, 480.0)]
    assert 0 < len(crops) <= MAX_SEARCHED
