"""People keep their number from one section to the next, whatever number they have there."""

import numpy as np

from rtc_server.authoring.people.joined_sections import join_sections
from rtc_server.authoring.people.section_search import SectionPeople
from rtc_server.types import Pose

STANDING = np.random.default_rng(3).uniform(0, 0.2, (18, 2)).astype(np.float32)


def person(x: float, t_s: float) -> Pose:
    """Somebody who stands at x."""
    xy = STANDING + np.array([x, 0.3], np.float32)
    return Pose(t_s, xy, np.full(18, 0.8, np.float32), aspect=1.0)


def section(first: int, warm_up: int, samples: list[dict[int, float]]) -> SectionPeople:
    """A section from sample `first` on, one a second; where each person stands, by number."""
    times_s = [float(first + k) for k in range(len(samples))]
    people = [
        {number: person(x, t_s) for number, x in one.items()}
        for one, t_s in zip(samples, times_s, strict=True)
    ]
    return SectionPeople(warm_up, people, times_s, [False] * len(samples))


def places(sections: list[SectionPeople]) -> list[dict[int, float]]:
    """Where each person stands in each sample, to a tenth."""
    return [
        {number: round(float(pose.xy[0, 0] - STANDING[0, 0]), 1) for number, pose in one.items()}
        for one in join_sections(sections).samples
    ]


def test_people_keep_their_numbers() -> None:
    before = section(0, 0, [{0: 0.1, 1: 0.6}] * 4)
    after = section(2, 2, [{0: 0.6, 1: 0.1}] * 4)
    assert places([before, after]) == [{0: 0.1, 1: 0.6}] * 6


def test_somebody_new_gets_a_number_of_their_own() -> None:
    before = section(0, 0, [{0: 0.1}] * 4)
    after = section(2, 2, [{0: 0.1}, {0: 0.1}, {0: 0.1, 1: 0.6}])
    assert places([before, after])[-1] == {0: 0.1, 1: 0.6}


def test_somebody_who_was_not_seen_at_the_last_moment_keeps_their_number() -> None:
    before = section(0, 0, [{5: 0.1, 7: 0.6}, {5: 0.1, 7: 0.6}, {7: 0.6}])
    after = section(1, 2, [{0: 0.1, 1: 0.6}, {1: 0.6}, {0: 0.1, 1: 0.6}])
    assert places([before, after])[-1] == {0: 0.1, 1: 0.6}


def test_a_number_that_came_back_with_somebody_else_is_not_theirs() -> None:
    before = section(0, 0, [{0: 0.1}] * 3)
    after = section(1, 2, [{}, {}, {0: 0.6}])
    assert places([before, after])[-1] == {1: 0.6}


def test_sections_behind_the_end_of_a_broken_video_are_left_out() -> None:
    sections = [section(0, 0, [{0: 0.1}] * 4), section(2, 2, []), section(8, 2, [{0: 0.1}] * 4)]
    assert join_sections(sections).times_s == [0, 1, 2, 3]
