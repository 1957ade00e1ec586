"""When a sound is heard in a recording, and when frames are seen that came out of order."""

from __future__ import annotations

import pytest

from rtc_server.classes.live.recording.intake import RecordingIntake
from rtc_server.classes.live.recording.limits import MB, RecordingLimits, RecordingSpace
from rtc_server.webrtc.live.frames import AUDIO_HZ, VIDEO_HZ, LiveFrame, LiveSound
from rtc_server.webrtc.live.report_times import NTP_FRACTION, NTP_WRAP
from tests.unit.rtc_server.classes.recording.films import Dance


def make_intake() -> tuple[RecordingIntake, Dance]:
    dance = Dance()
    dance.play()
    return RecordingIntake(RecordingLimits(60.0, MB), RecordingSpace(MB)), dance


def frame(captured_s: float, ntp_s: float | None = None, *, key: bool = True) -> LiveFrame:
    ntp = None if ntp_s is None else round(ntp_s * NTP_FRACTION) % NTP_WRAP
    return LiveFrame((b"",), round(captured_s * VIDEO_HZ), key, "VP8", ntp)


def sound(captured_s: float, ntp_s: float | None = None) -> LiveSound:
    ntp = None if ntp_s is None else round(ntp_s * NTP_FRACTION) % NTP_WRAP
    return LiveSound(b"s", round(captured_s * AUDIO_HZ), ntp)


@pytest.mark.parametrize("epoch_s", [4e9, 0.0])  # also where the teacher's clock begins anew
def test_a_sound_is_as_far_from_a_picture_as_it_was_for_the_teacher(epoch_s: float) -> None:
    """Frames take 80 ms longer to encode and to send than sound does."""
    intake, dance = make_intake()
    intake.take_frame(frame(101.0, epoch_s), b"f", dance.clock)
    heard = intake.take_sound(sound(101.12, epoch_s + 0.2), dance.clock)
    assert heard is not None
    assert heard.ms == 200


def test_without_the_teachers_clock_or_with_a_wrong_one_a_sound_is_heard_as_it_came() -> None:
    intake, dance = make_intake()
    intake.take_frame(frame(101.0, 4e9), b"f", dance.clock)
    heard = intake.take_sound(sound(101.1), dance.clock)
    wrong = intake.take_sound(sound(101.2, 5e9), dance.clock)
    assert heard is not None
    assert wrong is not None
    assert (heard.ms, wrong.ms) == (100, 200)


def test_sounds_that_overlap_are_left_out_and_counted() -> None:
    intake, dance = make_intake()
    intake.take_frame(frame(101.0), b"f", dance.clock)
    assert intake.take_sound(sound(101.1), dance.clock) is not None
    assert intake.take_sound(sound(101.05), dance.clock) is None
    assert intake.lost == 1


def test_no_sound_comes_before_the_first_picture() -> None:
    intake, dance = make_intake()
    assert intake.take_sound(sound(101.0), dance.clock) is None
    intake.take_frame(frame(102.0), b"f", dance.clock)
    assert intake.take_sound(sound(101.9), dance.clock) is None
    assert intake.sounds == 0


def test_a_clock_that_begins_anew_shows_no_frame_before_the_last_one() -> None:
    intake, dance = make_intake()
    times = (101.0, 101.5, 101.2, 101.6)
    taken = [
        intake.take_frame(frame(s, key=k == 0), b"f", dance.clock) for k, s in enumerate(times)
    ]
    assert [packet.ms for packet in taken if packet] == [0, 500, 501, 600]


def test_a_frame_of_before_the_class_went_on_is_not_of_this_run() -> None:
    intake, dance = make_intake()
    assert intake.take_frame(frame(99.9), b"f", dance.clock) is None
    assert intake.waits_for_key


def test_a_lesson_is_no_longer_than_one_may_be() -> None:
    assert RecordingLimits.of_uploads(600.0, 500) == RecordingLimits(599.5, 500 * MB)
    assert RecordingLimits.of_uploads(0.5, 1).max_s == 0.25
