from rtc_server.clock import LessonClock


def test_stands_still_until_played() -> None:
    clock = LessonClock(24.0, now_s=100.0)
    assert clock.position_s(160.0) == 0.0
    clock.play(160.0)
    assert clock.position_s(163.5) == 3.5


def test_pause_keeps_the_position_and_play_goes_on_from_it() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(1.0)
    clock.pause(3.0)
    assert clock.position_s(50.0) == 2.0
    clock.play(50.0)
    assert clock.position_s(51.0) == 3.0


def test_seek_keeps_playing_and_clips_to_the_lesson() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(0.0)
    clock.seek(5.0, 12.0)
    assert clock.position_s(6.0) == 13.0
    clock.seek(6.0, 99.0)
    assert clock.position_s(6.0) == 24.0
    clock.seek(7.0, -1.0)
    assert clock.position_s(7.0) == 0.0


def test_ends_at_its_duration() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(0.0)
    assert clock.position_s(1000.0) == 24.0


def test_due_is_the_inverse_of_position() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.seek(3.0, 10.0)
    clock.play(4.0)
    assert clock.due_s(12.5) == 6.5
    assert clock.position_s(clock.due_s(12.5)) == 12.5


def test_every_change_begins_a_new_segment() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(0.0)
    clock.seek(1.0, 5.0)
    clock.pause(2.0)
    assert clock.number == 3
