import pytest

from rtc_server.playhead import Playhead, SentFrame, SentFrames


def show(
    playhead: Playhead, run: int, from_s: float, to_s: float, delay_ms: float, fps: float = 10
) -> None:
    for i in range(int((to_s - from_s) * fps)):
        lesson_s = from_s + i / fps
        playhead.observe(lesson_s * 1000 + delay_ms, SentFrame(lesson_s, run, True), 24.0)


def test_what_was_seen_is_the_time_less_the_median_delay() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 5.0, delay_ms=700)
    assert playhead.seen_at(700 + 3210) == pytest.approx(3.21)


def test_one_late_frame_does_not_move_the_median() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    playhead.observe(2.0 * 1000 + 740, SentFrame(2.0, 1, True), 24.0)
    assert playhead.seen_at(700 + 2050) == pytest.approx(2.05)
    assert playhead.residual_ms == pytest.approx(40)


def test_a_jump_of_the_delay_is_followed_at_once() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    show(playhead, 1, 2.0, 2.2, delay_ms=1000)
    assert playhead.seen_at(1000 + 2100) == pytest.approx(2.1)


def test_while_a_picture_stands_nothing_is_followed() -> None:
    playhead = Playhead()
    playhead.observe(100, SentFrame(0.0, 0, False), 24.0)
    assert playhead.known and playhead.seen_at(500) is None


def test_before_the_first_frame_of_a_run_the_run_before_counts() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    show(playhead, 2, 10.0, 12.0, delay_ms=-7000)  # a seek from 2 s to 10 s
    assert playhead.seen_at(10.0 * 1000 - 7000 + 500) == pytest.approx(10.5)
    assert playhead.seen_at(10.0 * 1000 - 7000 - 500) == pytest.approx(1.8)


def test_nothing_past_a_pause_was_seen() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    playhead.hold(1, 2.0)
    assert playhead.seen_at(700 + 9000) == 2.0


def test_frames_are_found_by_wire_timestamp_across_the_wrap() -> None:
    sent = SentFrames()
    sent.record(5000, SentFrame(1.5, 1, True))
    assert sent.find(4000) is None  # the origin is not known yet
    sent.origin = (1 << 32) - 1000
    assert sent.find(4000) == SentFrame(1.5, 1, True)
    assert sent.find(4001) is None


def test_old_frames_are_forgotten() -> None:
    sent = SentFrames()
    sent.origin = 0
    for pts in range(2000):
        sent.record(pts, SentFrame(pts, 1, True))
    assert sent.find(1099) is None
    assert sent.find(1100) is not None
