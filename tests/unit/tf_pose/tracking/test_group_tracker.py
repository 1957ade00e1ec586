"""Following several dancers: numbers from left to right, kept while people cross, hide and go."""

import numpy as np
import pytest

from tests.unit.tf_pose.fake_estimator import BLUE, RED, FakeEstimator, image_with_clothes, person
from tf_pose.tracking.group_tracker import GroupTracker
from tf_pose.tracking.roster import REPLACED_S

GREEN = (60, 160, 60)


class Film:
    """Shows people in colours to a tracker, five frames a second."""

    def __init__(self, dancers=2):
        self.script = FakeEstimator()
        self.tracker = GroupTracker(self.script, dancers)
        self.k = 0

    def show(self, *people_and_colours, times=1, keep_numbers=True):
        """Where each number is seen after so many such pictures, x in tens of px; None: not."""
        for _ in range(times):
            self.script.people = [human for human, _ in people_and_colours]
            image = image_with_clothes(*people_and_colours)
            seen = self.tracker.follow(image, self.k / 5, keep_numbers=keep_numbers)
            self.k += 1
        return [h and 10 * round(float(h.arrays()[0][1, 0]) * 64) for h in seen]


@pytest.fixture
def film():
    return Film()


def settle(film, *people_and_colours):
    film.show(*people_and_colours, times=12)
    film.script.regions.clear()


def searches(film):
    return sum(roi[2:] == (640.0, 480.0) for roi in film.script.regions)


def test_dancers_are_numbered_from_left_to_right(film):
    assert film.show((person(450), RED), (person(150), BLUE), times=8) == [150, 450]


def test_from_the_first_frame_on_they_are_where_they_will_be(film):
    assert film.show((person(450), RED), (person(150), BLUE)) == [150, 450]


def test_the_most_prominent_are_chosen_of_more_people_than_dancers(film):
    crowd = (person(60, 5), RED), (person(240), BLUE), (person(430), RED), (person(600, 5), GREEN)
    assert film.show(*crowd, times=12) == [240, 430]


def test_with_fewer_people_than_dancers_the_rest_is_nobody(film):
    assert film.show((person(300), RED), times=15) == [300, None]


def test_in_an_empty_room_all_are_nobody(film):
    assert film.show(times=8) == [None, None]


def test_who_comes_later_gets_the_next_number(film):
    settle(film, (person(450), RED))
    assert film.show((person(450), RED), (person(150), BLUE), times=15) == [450, 150]


def test_before_the_lesson_numbers_follow_the_places(film):
    first, second = (person(150), RED), (person(450), BLUE)
    assert film.show(second, times=12, keep_numbers=False) == [450, None]
    assert film.show(first, second, times=15, keep_numbers=False) == [150, 450]
    for x in range(150, 460, 20):  # they change places
        film.show((person(x), RED), (person(600 - x), BLUE), keep_numbers=False)
    assert film.show((person(450), RED), (person(150), BLUE), keep_numbers=False) == [150, 450]


def test_each_is_looked_at_in_a_crop_of_their_own_and_nothing_else_is(film):
    settle(film, (person(150), RED), (person(500), BLUE))
    film.show((person(150), RED), (person(500), BLUE), times=10)
    assert len(film.script.regions) == 20 and searches(film) == 0


def test_who_is_looked_at_seldom_is_not_lost(film):
    """A server without time to spare looks at a frame every two seconds."""
    people = (person(150), RED), (person(500), BLUE)
    settle(film, *people)
    for _ in range(6):
        film.k += 9
        assert film.show(*people) == [150, 500]
    assert len(film.script.regions) == 12 and searches(film) == 0
    film.k += 30  # who was not looked at for six seconds is searched for
    film.show(*people)
    assert searches(film) == 1


@pytest.mark.parametrize("colours", [(RED, BLUE), (RED, RED)], ids=["own clothes", "twins"])
def test_who_crosses_keeps_their_number(film, colours):
    """The one behind is not seen while they are together; twins go on as they went."""
    settle(film, (person(150, 8), colours[0]), (person(470, 8), colours[1]))
    for step in range(0, 330, 16):
        left, right = person(150 + step, 8), person(470 - step, 8)
        shown = [(right, colours[1]), (left, colours[0])]
        seen = film.show(*shown[1 if abs(320 - 2 * step) < 60 else 0 :])
    assert seen == [470, 150]


def test_who_is_hidden_for_a_while_keeps_their_number(film):
    settle(film, (person(200), RED), (person(400), BLUE))
    assert film.show((person(200), RED), times=8) == [200, None]
    assert film.show((person(200), RED), (person(390), BLUE), times=2) == [200, 390]


def test_who_leaves_on_the_left_and_comes_back_on_the_right_keeps_their_number(film):
    settle(film, (person(150), RED), (person(400), BLUE))
    for x in range(130, -60, -40):
        film.show((person(x), RED), (person(400), BLUE))
    assert film.show((person(400), BLUE), times=40) == [None, 400]
    for x in range(680, 560, -40):
        film.show((person(x), RED), (person(400), BLUE))
    assert film.show((person(560), RED), (person(400), BLUE), times=6) == [560, 400]


def test_who_leaves_does_not_stop_the_other(film):
    settle(film, (person(150), RED), (person(400), BLUE))
    for _ in range(60):
        assert film.show((person(400), BLUE)) == [None, 400]
    assert searches(film) < 20  # one a second


def test_a_passer_by_is_nobodys(film):
    """Neither while all are there, nor while one is away. They walk past behind."""
    settle(film, (person(200), RED), (person(450), BLUE))
    for x in range(0, 640, 45):
        seen = film.show((person(x, 9), GREEN), (person(200), RED), (person(450), BLUE))
        assert seen == [200, 450]
    film.show((person(200), RED), times=10)
    for x in range(0, 640, 45):
        assert film.show((person(x, 9), GREEN), (person(200), RED)) == [200, None]


def test_somebody_else_who_stays_takes_the_place_of_who_left(film):
    settle(film, (person(200), RED), (person(450), BLUE))
    film.show((person(200), RED), times=10)
    stranger = (person(430), GREEN)
    assert film.show((person(200), RED), stranger, times=10) == [200, None]
    assert film.show((person(200), RED), stranger, times=round(REPLACED_S * 5)) == [200, 430]


def test_twins_who_come_back_take_the_places_they_left(film):
    settle(film, (person(150), RED), (person(450), RED))
    film.show(times=15)
    assert film.show((person(470), RED), (person(170), RED), times=15) == [170, 470]


def test_another_tracker_goes_on_with_the_same_numbers(film):
    settle(film, (person(150), RED), (person(450), BLUE))
    later = Film()
    later.tracker = GroupTracker(later.script, 2, memory=film.tracker.memory)
    assert later.show((person(150), BLUE), (person(450), RED), times=8) == [450, 150]


def test_four_dancers_have_four_numbers():
    film = Film(4)
    four = [(person(80 + 160 * k, 7), RED if k % 2 else BLUE) for k in range(4)]
    assert film.show(*four, times=12) == [80, 240, 400, 560]


def test_a_time_that_goes_back_begins_anew(film):
    settle(film, (person(450), RED))
    film.k = 0
    assert film.show((person(450), RED), (person(150), BLUE), times=8) == [150, 450]


def test_a_frame_of_another_size_changes_nothing(film):
    settle(film, (person(150), RED), (person(450), BLUE))
    large = np.repeat(
        np.repeat(image_with_clothes((person(150), RED), (person(450), BLUE)), 2, axis=0), 2, axis=1
    )
    seen = film.tracker.follow(large, film.k / 5)
    assert [round(float(h.arrays()[0][1, 0]) * 64) for h in seen] == [15, 45]


def test_others_are_all_but_the_dancers(film):
    settle(film, (person(150), RED), (person(450), BLUE))
    seen = film.tracker.follow(
        image_with_clothes((person(150), RED), (person(450), BLUE)), film.k / 5
    )
    film.script.people = [person(150), person(300), person(455)]
    others = film.tracker.find_others(np.zeros((480, 640, 3), np.uint8), seen)
    assert [round(float(h.arrays()[0][1, 0]) * 64) for h in others] == [30]


@pytest.mark.parametrize("dancers", [0, 5])
def test_there_are_one_to_four(dancers):
    with pytest.raises(ValueError, match="1 to 4"):
        GroupTracker(FakeEstimator(), dancers)
