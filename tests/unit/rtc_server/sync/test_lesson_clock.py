from rtc_server.sync.lesson_clock import LessonClock


def test_the_clock_stands_still_until_played() -> None:
    clock = LessonClock(24.0, now_s=100.0)
    assert clock.position_s(160.0) == 0.0
    clock.play(160.0)
    assert clock.position_s(163.5) == 3.5


def test_a_pause_keeps_the_position_and_play_continues_from_it() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(1.0)
    clock.pause(3.0)
    assert clock.position_s(50.0) == 2.0
    clock.play(50.0)
    assert clock.position_s(51.0) == 3.0


def test_a_seek_keeps_playing_and_is_clipped_to_the_lesson() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(0.0)
    clock.seek(5.0, 12.0)
    assert clock.position_s(6.0) == 13.0
    clock.seek(6.0, 99.0)
    assert clock.position_s(6.0) == 24.0
    clock.seek(7.0, -1.0)
    assert clock.position_s(7.0) == 0.0


def test_the_position_ends_at_the_duration() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(0.0)
    assert clock.position_s(1000.0) == 24.0


def test_due_is_the_inverse_of_position() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.seek(3.0, 10.0)
    clock.play(4.0)
    assert clock.due_s(12.5) == 6.5
    assert clock.position_s(clock.due_s(12.5)) == 12.5


def test_every_change_begins_a_new_run() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(0.0)
    clock.seek(1.0, 5.0)
    clock.pause(2.0)
    assert clock.run_number == 3


def test_a_new_rate_applies_from_the_present_position_on() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(0.0)
    clock.set_rate(4.0, 0.5)
    assert clock.position_s(6.0) == 5.0
    assert clock.due_s(7.0) == 10.0
    clock.pause(6.0)
    clock.play(20.0)
    assert clock.position_s(21.0) == 5.5


def test_a_rate_set_while_standing_still_applies_when_playing() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.set_rate(1.0, 0.75)
    assert clock.position_s(9.0) == 0.0 and not clock.playing
    clock.play(9.0)
    assert clock.position_s(13.0) == 3.0


def test_playing_does_not_go_past_the_end_of_a_loop() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.set_loop(0.0, (4.0, 6.0))
    clock.play(0.0)
    assert clock.end_s == 6.0 and clock.position_s(60.0) == 6.0
    clock.restart_loop(6.0)
    assert clock.position_s(7.0) == 5.0


def test_a_loop_that_restarts_late_loses_nothing() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.set_loop(0.0, (4.0, 6.0))
    clock.set_rate(0.0, 0.5)
    clock.play(0.0)
    assert clock.due_s(6.0) == 12.0
    clock.restart_loop(12.5)
    assert clock.position_s(12.5) == 4.25


def test_a_loop_set_behind_the_position_begins_at_once_and_one_ahead_is_played_up_to() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.play(0.0)
    clock.set_loop(10.0, (12.0, 14.0))
    assert clock.position_s(10.0) == 10.0
    clock.set_loop(10.0, (2.0, 4.0))
    assert clock.position_s(10.0) == 2.0
    clock.set_loop(10.5, None)
    assert clock.position_s(13.5) == 5.5


def test_a_seek_beyond_a_loop_stays_there_until_the_loop_restarts() -> None:
    clock = LessonClock(24.0, 0.0)
    clock.set_loop(0.0, (2.0, 4.0))
    clock.seek(0.0, 9.0)
    assert clock.position_s(5.0) == 9.0


def test_what_remains_is_known_while_the_lesson_plays_to_its_end() -> None:
    clock = LessonClock(24.0, 0.0)
    assert clock.remaining_s(5.0) is None
    clock.set_rate(5.0, 0.5)
    clock.play(10.0)
    assert clock.remaining_s(14.0) == 44.0
    assert clock.remaining_s(1000.0) == 0.0
    clock.set_loop(14.0, (2.0, 8.0))
    assert clock.remaining_s(14.0) is None
