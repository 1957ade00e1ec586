import pytest

from rtc_server.sync.playhead import MAX_MEDIAN_FRAMES, Playhead, SentFrame, SentFrames


def frame(lesson_s: float, run: int, start_s: float = 0.0, rate: float = 1.0) -> SentFrame:
    return SentFrame(lesson_s, run, start_s, rate, on_time=True)


def show(
    playhead: Playhead, run: int, from_s: float, to_s: float, delay_ms: float, fps: float = 10
) -> None:
    for i in range(int((to_s - from_s) * fps)):
        lesson_s = from_s + i / fps
        playhead.observe(lesson_s * 1000 + delay_ms, frame(lesson_s, run, from_s))


def seen_s(playhead: Playhead, client_ms: float) -> float | None:
    screen = playhead.position_at(client_ms)
    return None if screen is None else screen.lesson_s


def test_the_screen_shows_the_time_less_the_median_delay() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 5.0, delay_ms=700)
    assert seen_s(playhead, 700 + 3210) == pytest.approx(3.21)


def test_one_late_frame_does_not_move_the_median() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    playhead.observe(2.0 * 1000 + 740, frame(2.0, 1))
    assert seen_s(playhead, 700 + 2050) == pytest.approx(2.05)
    assert playhead.skew_ms == pytest.approx(40)


def test_a_jump_of_the_delay_is_followed_at_its_second_frame() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    playhead.observe(3000, frame(2.0, 1))
    playhead.observe(3100, frame(2.1, 1))
    assert seen_s(playhead, 1000 + 2150) == pytest.approx(2.15)


def test_a_single_late_frame_is_not_taken_for_a_jump() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    playhead.observe(2930, frame(2.0, 1))  # 230 ms late
    assert playhead.skew_ms == pytest.approx(230)
    assert seen_s(playhead, 700 + 2050) == pytest.approx(2.05)
    playhead.observe(2800, frame(2.1, 1))
    assert seen_s(playhead, 700 + 2150) == pytest.approx(2.15)


def test_a_first_frame_that_was_shown_late_is_corrected_by_the_second() -> None:
    playhead = Playhead()
    playhead.observe(930, frame(0.0, 1))
    playhead.observe(800, frame(0.1, 1))
    assert seen_s(playhead, 700 + 250) == pytest.approx(0.25)


def test_while_the_lesson_stands_still_there_is_no_position() -> None:
    playhead = Playhead()
    playhead.observe(100, frame(0.0, 0, rate=0))
    assert playhead.is_known and seen_s(playhead, 500) is None


def test_before_the_first_frame_of_a_run_the_run_before_counts() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    show(playhead, 2, 10.0, 12.0, delay_ms=-7000)  # a seek from 2 s to 10 s
    assert seen_s(playhead, 10.0 * 1000 - 7000 + 500) == pytest.approx(10.5)
    assert seen_s(playhead, 10.0 * 1000 - 7000 - 500) == pytest.approx(1.8)


def test_the_screen_shows_nothing_past_a_pause() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    playhead.end_run(1, 2.0, last_frame_stays=True)
    assert seen_s(playhead, 700 + 9000) == 2.0


def test_after_a_jump_the_position_is_unknown_until_the_next_run_is_reported() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    # A seek; the screen still has 0.2 s of the old run to show.
    playhead.end_run(1, 2.2, last_frame_stays=False)
    assert seen_s(playhead, 700 + 2150) == pytest.approx(2.15)
    assert seen_s(playhead, 700 + 2195) is None  # near the edge, because clocks are not that exact
    assert seen_s(playhead, 700 + 2300) is None
    show(playhead, 2, 10.0, 10.2, delay_ms=-7000)
    assert seen_s(playhead, 10.0 * 1000 - 7000 + 100) == pytest.approx(10.1)


def test_a_pause_counts_for_a_run_that_was_not_shown_yet() -> None:
    playhead = Playhead()
    playhead.end_run(1, 0.3, last_frame_stays=True)
    show(playhead, 1, 0.0, 0.3, delay_ms=700)
    assert seen_s(playhead, 700 + 5000) == 0.3


def test_a_run_began_before_its_first_reported_frame() -> None:
    """Only some frames are reported; otherwise the beginning of each lap would be unknown."""
    playhead = Playhead()
    show(playhead, 1, 0.0, 4.0, delay_ms=700)
    playhead.end_run(1, 4.0, last_frame_stays=False)
    playhead.observe(4790, frame(2.09, 2, start_s=2.0))  # the lap's first frame came at 4700
    assert seen_s(playhead, 4650) == pytest.approx(3.95)
    assert seen_s(playhead, 4690) is seen_s(playhead, 4720) is None  # the screen may be late
    assert seen_s(playhead, 4740) == pytest.approx(2.04)


def test_at_half_the_rate_the_lesson_moves_half_as_fast() -> None:
    playhead = Playhead()
    for k in range(20):
        playhead.observe(5000 + k * 100, frame(1.0 + k * 0.05, 1, start_s=1.0, rate=0.5))
    screen = playhead.position_at(6500)
    assert screen is not None and screen.rate == 0.5
    assert screen.lesson_s == pytest.approx(1.75)
    assert playhead.skew_ms == pytest.approx(0)


def test_frames_that_were_sent_to_catch_up_are_ignored() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    playhead.observe(2700, SentFrame(1.0, 1, 0.0, 1.0, on_time=False))
    assert seen_s(playhead, 700 + 2100) == pytest.approx(2.1)


def test_a_frame_of_a_run_that_is_over_changes_nothing() -> None:
    playhead = Playhead()
    show(playhead, 1, 0.0, 2.0, delay_ms=700)
    show(playhead, 2, 10.0, 12.0, delay_ms=-7000)
    playhead.observe(5000, frame(2.0, 1))
    assert seen_s(playhead, 4000) == pytest.approx(11.0)


def test_frames_are_found_by_wire_timestamp_across_the_wrap() -> None:
    sent = SentFrames()
    sent.record(5000, frame(1.5, 1))
    assert sent.find(4000) is None  # the origin is not known yet
    sent.rtp_origin = (1 << 32) - 1000
    assert sent.find(4000) == frame(1.5, 1)
    assert sent.find(4001) is None


def test_old_frames_are_forgotten() -> None:
    sent = SentFrames()
    sent.rtp_origin = 0
    for pts in range(2000):
        sent.record(pts, frame(pts, 1))
    assert sent.find(1099) is None
    assert sent.find(1100) is not None


def test_reports_that_all_name_one_time_are_not_all_kept() -> None:
    """The client says when a frame was shown: its clock need not go on."""
    playhead = Playhead()
    for k in range(10 * MAX_MEDIAN_FRAMES):
        playhead.observe(1000.0, frame(k / 1000, 1))
    assert len(playhead._recent) == MAX_MEDIAN_FRAMES
