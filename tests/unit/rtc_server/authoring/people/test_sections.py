"""Where a video is divided: at key frames, about 20 to 30 s apart, and never by chance."""

from fractions import Fraction
from itertools import pairwise

from rtc_server.authoring.entry_points import EntryPoint
from rtc_server.authoring.people.sections import WARM_UP, Section, divide

RATE = Fraction(5)


def entries(*times_s: float) -> list[EntryPoint]:
    return [EntryPoint(round(1000 * t_s), Fraction(1, 1000), Fraction(0)) for t_s in times_s]


def lengths_s(sections: list[Section]) -> list[float]:
    return [(b.first - a.first) / 5 for a, b in pairwise(sections)]


def test_a_short_video_is_one_section() -> None:
    assert divide(entries(*range(24)), RATE) == [Section(0, None, 0, None)]


def test_a_video_without_key_frames_in_between_is_one_section() -> None:
    assert divide([], RATE) == divide(entries(0), RATE) == [Section(0, None, 0, None)]


def test_a_long_video_has_sections_of_half_a_minute() -> None:
    sections = divide(entries(*range(601)), RATE)
    assert len(sections) == 20
    assert all(abs(length_s - 30) <= 2 for length_s in lengths_s(sections))


def test_a_song_has_sections_that_many_cores_can_share() -> None:
    assert len(divide(entries(*range(181)), RATE)) == 9


def test_sections_follow_each_other_without_a_gap() -> None:
    sections = divide(entries(*(k * 2.3 for k in range(100))), Fraction("7.5"))
    assert sections[0].first == 0
    assert sections[-1].end is None
    assert all(one.end == following.first for one, following in pairwise(sections))


def test_warming_up_begins_at_a_key_frame_in_the_section_before() -> None:
    for before, section in pairwise(divide(entries(*(k * 2.3 for k in range(100))), RATE)):
        assert section.entry is not None
        assert 0 <= section.warm_up - section.entry.at * RATE < 1
        assert section.warm_up == section.first - WARM_UP
        assert section.warm_up >= before.first


def test_timestamps_that_claim_years_make_no_more_sections_than_key_frames() -> None:
    assert len(divide(entries(*range(50), 1e9), RATE)) <= 51


def test_sections_begin_only_where_there_is_a_key_frame() -> None:
    sections = divide(entries(65, 70, 140), RATE)
    assert [(one.warm_up, one.first) for one in sections[1:]] == [(65 * 5, 65 * 5 + WARM_UP)]


def test_key_frames_far_apart_make_sections_longer() -> None:
    assert lengths_s(divide(entries(0, 70, 140, 210), RATE)) == [71.6, 70.0]
