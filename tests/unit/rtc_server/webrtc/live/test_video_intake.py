"""Which of a teacher's frames are passed on: good ones, and of bad encoders what can be used."""

from __future__ import annotations

from rtc_server.webrtc.live.frames import LiveFrame
from rtc_server.webrtc.live.video_intake import VideoIntake
from tests.unit.rtc_server.webrtc.live.live_frames import (
    STEP,
    VP8_KEY,
    VP8_KEY_4K,
    Clock,
    encoded,
)


class Feed:
    """A stream at 30 frames a second, one frame after the other."""

    def __init__(self) -> None:
        self.now = Clock()
        self.intake = VideoIntake(self.now)
        self.rtp = 0

    def send(
        self, data: bytes = b"\1", *, rtp: int | None = None, after_gap: bool = False
    ) -> LiveFrame | None:
        self.now.s += 1 / 30
        self.rtp = self.rtp + STEP if rtp is None else rtp
        frame = encoded(self.rtp, data, after_gap=after_gap)
        return self.intake.take("VP8", frame, is_key=data in (VP8_KEY, VP8_KEY_4K))

    def key(self) -> LiveFrame | None:
        return self.send(VP8_KEY)


def test_frames_are_passed_on_with_the_payloads_in_which_they_came() -> None:
    feed = Feed()
    passed = feed.send(VP8_KEY, after_gap=True)
    assert passed is not None
    assert passed.payloads == (b"descriptor" + VP8_KEY,)
    assert passed.is_key
    after = feed.send()
    assert after is not None
    assert after.ticks - passed.ticks == STEP


def test_nothing_is_passed_on_before_a_key_frame() -> None:
    feed = Feed()
    assert feed.send(after_gap=True) is None
    assert feed.send() is None
    assert feed.intake.waits_for_key
    assert feed.intake.skipped == 2


def test_an_encoder_that_never_sends_a_key_frame_is_told_so() -> None:
    feed = Feed()
    for _ in range(30 * 3):
        assert feed.send() is None
    assert feed.intake.problem is None
    for _ in range(30 * 2):
        assert feed.send() is None
    assert feed.intake.problem == "no_key_frames"
    feed.key()
    assert feed.intake.problem is None


def test_after_a_loss_nothing_is_passed_on_until_the_next_key_frame() -> None:
    feed = Feed()
    feed.key()
    assert feed.send(after_gap=True) is None
    assert feed.send() is None
    assert feed.key() is not None
    assert feed.send() is not None


def test_an_encoder_that_gives_no_key_frame_after_a_loss_is_passed_on_damaged() -> None:
    feed = Feed()
    feed.key()
    feed.send(after_gap=True)
    passed = [feed.send() for _ in range(90)]
    assert passed[0] is None
    assert passed[-1] is not None


def test_pictures_of_4k_are_not_passed_on_and_the_teacher_is_told() -> None:
    feed = Feed()
    assert feed.send(VP8_KEY_4K) is None
    assert feed.send() is None
    assert feed.intake.problem == "too_large"
    assert feed.intake.refused == 1
    for _ in range(90):
        assert feed.send() is None  # however long no other key frame comes
    assert feed.key() is not None
    assert feed.intake.problem is None


def test_b_frames_are_left_out_and_the_teacher_is_told() -> None:
    feed = Feed()
    feed.key()
    # Sent as they are decoded: P, then the two that are shown before it.
    shown = [1 + 3 * group + place for group in range(3) for place in (3, 1, 2)]
    passed = [feed.send(rtp=STEP * place) is not None for place in shown]
    assert passed == [True, False, False] * 3
    assert feed.intake.reordered == 6
    assert feed.intake.problem == "b_frames"


def test_a_clock_that_jumps_back_is_no_b_frame() -> None:
    feed = Feed()
    feed.send(VP8_KEY, rtp=90_000 * 60)
    before, after = feed.send(), feed.send(rtp=17)
    assert before is not None
    assert after is not None
    assert 0 < after.ticks - before.ticks < 2 * STEP
    assert feed.intake.timeline.jumps == 1
