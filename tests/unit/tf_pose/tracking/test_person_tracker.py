"""Following one person: scripted people for the rules, a rendered dancer for the whole."""

import numpy as np
import pytest

from tests.unit.tf_pose.fake_estimator import BLUE, RED, FakeEstimator, image_with_clothes, person
from tf_pose.tracking import detection
from tf_pose.tracking.appearance import measure_appearance
from tf_pose.tracking.person_tracker import PersonTracker, TrackerSettings
from tools.dancer.scene import render, with_bystander

ROOM = np.zeros((480, 640, 3), np.uint8)
LIMBS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]


@pytest.fixture
def script():
    return FakeEstimator()


@pytest.fixture
def tracker(script):
    return PersonTracker(script)


def settle(tracker, script, *people, until_s=1.2):
    """Show them at 5 Hz until the choice is final; return the time of the next frame."""
    script.people = list(people)
    for k in range(round(until_s * 5) + 1):
        tracker.follow(ROOM, k / 5)
    script.regions.clear()
    return until_s + 0.2


def x_px(human):
    return None if human is None else float(np.nanmedian(human.arrays()[0][:, 0]) * 640)


def test_the_largest_and_most_central_person_is_chosen(tracker, script):
    t_s = settle(tracker, script, person(80), person(330), person(560, 6))
    assert x_px(tracker.follow(ROOM, t_s)) == pytest.approx(330, abs=5)


def test_once_locked_only_the_crop_is_analysed(tracker, script):
    t_s = settle(tracker, script, person(330))
    tracker.follow(ROOM, t_s)
    assert len(script.regions) == 1
    x, _, w, _ = script.regions[0]
    assert x > 0 and w < 640 and x < 330 < x + w


def test_their_clothes_are_looked_at_once(tracker, script, monkeypatch):
    t_s = settle(tracker, script, person(330))
    looks = []
    monkeypatch.setattr(
        detection, "measure_appearance", lambda *at: looks.append(at) or measure_appearance(*at)
    )
    tracker.follow(ROOM, t_s)
    assert len(looks) == 1


def test_a_person_who_walks_is_followed(tracker, script):
    t_s = settle(tracker, script, person(200))
    for k in range(20):
        script.people = [person(200 + 15 * k)]
        assert x_px(tracker.follow(ROOM, t_s + k / 5)) == pytest.approx(200 + 15 * k, abs=5)


@pytest.mark.parametrize("scale", [7.0, 10.0, 14.0])
def test_a_passer_by_never_takes_the_lock(tracker, script, scale):
    t_s = settle(tracker, script, person(330))
    for k in range(30):
        learner = person(330 + 10 * np.sin(k))
        script.people = [person(640 - 25 * k, scale), learner]
        found = tracker.follow(ROOM, t_s + k / 5)
        assert x_px(found) == pytest.approx(x_px(learner), abs=1)


def test_a_briefly_hidden_person_is_waited_for(tracker, script):
    t_s = settle(tracker, script, person(330))
    script.people = [person(80)]
    assert tracker.follow(ROOM, t_s) is None
    assert tracker.follow(ROOM, t_s + 0.4) is None
    script.people = [person(80), person(340)]
    assert x_px(tracker.follow(ROOM, t_s + 0.6)) == pytest.approx(340, abs=5)


def test_others_are_all_but_the_followed_person_and_change_nothing(tracker, script):
    t_s = settle(tracker, script, person(330))
    script.people = [person(330), person(345), person(80, 12), person(560, 4)]
    followed = tracker.follow(ROOM, t_s)
    assert sorted(map(x_px, tracker.find_others(ROOM, followed))) == pytest.approx([80, 560], abs=5)
    assert x_px(tracker.follow(ROOM, t_s + 0.2)) == pytest.approx(330, abs=5)
    script.regions.clear()
    tracker.follow(ROOM, t_s + 0.4)
    assert len(script.regions) == 1  # in a crop, as before


def test_after_a_second_without_them_the_next_one_is_taken(tracker, script):
    t_s = settle(tracker, script, person(330))
    script.people = [person(80)]
    for k in range(7):
        found = tracker.follow(ROOM, t_s + k / 5)
    assert x_px(found) == pytest.approx(80, abs=5)


def test_of_frames_that_are_far_apart_too_only_the_crop_is_analysed(tracker, script):
    """Else each frame would cost a server that has no time for more of them still more."""
    t_s = settle(tracker, script, person(330))
    for k in range(5):
        assert x_px(tracker.follow(ROOM, t_s + 1.5 * k)) == pytest.approx(330, abs=5)
    assert len(script.regions) == 5
    assert all(w < 640 for _, _, w, _ in script.regions)


@pytest.mark.parametrize(("gap_s", "taken_at"), [(1.5, 1), (6.0, 0)])
def test_who_has_gone_between_frames_that_are_far_apart_is_given_up(
    tracker, script, gap_s, taken_at
):
    """In the next frame, or at once where nobody can know any more who it was."""
    t_s = settle(tracker, script, person(330))
    script.people = [person(80, 4)]  # too small to be the same
    found = [tracker.follow(ROOM, t_s + gap_s * (k + 1)) for k in range(2)]
    assert [x_px(human) is not None for human in found] == [taken_at == 0, True]
    assert x_px(found[taken_at]) == pytest.approx(80, abs=5)


def test_an_early_choice_gives_way_to_a_better_one(tracker, script):
    script.people = [person(60, 5)]
    assert x_px(tracker.follow(ROOM, 0.0)) == pytest.approx(60, abs=5)
    script.people = [person(60, 5), person(330, 13)]
    assert x_px(tracker.follow(ROOM, 0.4)) == pytest.approx(330, abs=5)


def test_few_parts_are_searched_for_once_a_second(tracker, script):
    t_s = settle(tracker, script, person(330))
    script.people = [person(330, parts=[0, 1, 2, 5, 14, 15])]
    for k in range(20):
        assert tracker.follow(ROOM, t_s + k / 5) is not None
    whole = sum(look[2] == 640 and look[3] == 480 for look in script.regions)
    assert 3 <= whole <= 5


def test_a_frame_of_another_size_shows_the_same_person(tracker, script):
    t_s = settle(tracker, script, person(200), person(600, 6))
    half = np.zeros((240, 320, 3), np.uint8)
    assert x_px(tracker.follow(half, t_s)) == pytest.approx(200, abs=5)
    x, _, w, _ = script.regions[-1]
    assert x < 100 < x + w < 320


def test_time_that_goes_back_starts_anew(tracker, script):
    settle(tracker, script, person(330))
    script.people = [person(80)]
    assert x_px(tracker.follow(ROOM, 0.0)) == pytest.approx(80, abs=5)


def test_an_empty_room_is_searched_every_other_time(tracker, script):
    assert [tracker.follow(ROOM, k / 5) for k in range(10)] == [None] * 10
    assert len(script.regions) == 5


def test_trackers_share_nothing(script):
    one, other = PersonTracker(script), PersonTracker(script)
    settle(one, script, person(80))
    script.people = [person(80), person(330, 12)]
    assert x_px(one.follow(ROOM, 1.4)) == pytest.approx(80, abs=5)
    assert x_px(other.follow(ROOM, 1.4)) == pytest.approx(330, abs=5)


def test_the_dancer_is_followed_and_the_passer_by_is_not(estimator):
    dance = render("sunrise", "tall", fps=5, duration_s=5.0)
    scene = with_bystander(dance)
    tracker = PersonTracker(estimator, TrackerSettings())
    right, seen = [], 0
    for frame, truth, t_s in zip(scene.frames(), dance.truth(), scene.times_s, strict=True):
        human = tracker.follow(frame, float(t_s))
        xy = human.arrays()[0] * frame.shape[1::-1] if human else np.full((18, 2), np.nan)
        torso = np.hypot(*(truth[[8, 11]].mean(axis=0) - truth[1]))
        seen += human is not None
        right.append(np.hypot(*(xy - truth)[LIMBS].T) < 0.25 * torso)
    assert seen >= len(right) - 1
    assert np.mean(right) > 0.93


def test_somebody_else_in_their_place_is_not_taken_for_them(tracker, script):
    them, other = person(330), person(350)
    script.people = [them]
    for k in range(7):
        tracker.follow(image_with_clothes((them, RED)), k / 5)
    script.people = [other]
    assert tracker.follow(image_with_clothes((other, BLUE)), 1.4) is None
    script.people = [them]
    assert x_px(tracker.follow(image_with_clothes((them, RED)), 1.6)) == pytest.approx(330, abs=5)


def test_the_person_followed_before_is_preferred_to_a_larger_stranger(tracker, script):
    them, stranger = person(200, 8.0), person(450, 11.0)
    script.people = [them]
    for k in range(7):
        tracker.follow(image_with_clothes((them, RED)), k / 5)
    script.people = []
    for k in range(7, 13):
        assert tracker.follow(image_with_clothes(), k / 5) is None
    script.people = [them, stranger]
    room = image_with_clothes((them, RED), (stranger, BLUE))
    for k in range(13, 22):
        followed = tracker.follow(room, k / 5)
    assert x_px(followed) == pytest.approx(200, abs=5)
