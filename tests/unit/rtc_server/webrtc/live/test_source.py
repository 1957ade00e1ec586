"""A teacher's media, handed to everybody: also to late comers and slow ones, and after losses."""

from __future__ import annotations

from rtc_server.webrtc.live.frames import LiveSound
from rtc_server.webrtc.live.report_times import NTP_FRACTION
from rtc_server.webrtc.live.source import Hearer, LiveSource, Viewer
from tests.unit.rtc_server.webrtc.live.live_frames import STEP, VP8_KEY, Clock, encoded


class Teacher:
    """Sends 30 frames a second, and a key frame where it is told to."""

    def __init__(self) -> None:
        self.now = Clock()
        self.source = LiveSource(self.now)
        self.rtp = 0

    def send(self, *, key: bool = False, after_gap: bool = False, size: int = 100) -> bool:
        self.now.s += 1 / 30
        self.rtp += STEP
        data = VP8_KEY + bytes(size) if key else b"\1" * size
        return self.source.take("VP8", encoded(self.rtp, data, after_gap=after_gap), key)

    def stream(self, frames: int, size: int = 100) -> None:
        """A key frame and what follows."""
        for k in range(frames):
            self.send(key=k == 0, size=size)


class Learner:
    """Somebody who watches, and gets what comes away at once."""

    def __init__(self, source: LiveSource) -> None:
        self.got: list[tuple[int, bool]] = []  # each frame's time, and whether it came on time
        self.viewer = Viewer(self._take)
        source.add_viewer(self.viewer)

    def _take(self) -> None:
        while (queued := self.viewer.queue.pop()) is not None:
            self.got.append((queued.frame.ticks, queued.on_time))


def test_everybody_gets_every_frame() -> None:
    teacher = Teacher()
    learners = [Learner(teacher.source) for _ in range(3)]
    teacher.stream(5)
    assert [len(learner.got) for learner in learners] == [5, 5, 5]
    assert learners[0].got == learners[1].got == learners[2].got


def test_a_late_comer_has_a_picture_at_once_and_the_teacher_is_not_asked() -> None:
    teacher = Teacher()
    teacher.stream(20)
    learner = Learner(teacher.source)
    assert len(learner.got) == 20
    assert not teacher.source.should_request_key_frame()


def test_a_late_comer_into_a_long_group_waits_for_a_key_frame_that_is_asked_for() -> None:
    teacher = Teacher()
    teacher.stream(100)
    learner = Learner(teacher.source)
    assert not learner.got
    assert teacher.source.should_request_key_frame()
    teacher.send(key=True)
    assert len(learner.got) == 1


def test_where_the_encoder_does_not_answer_a_late_comer_gets_the_last_group_within_a_second() -> (
    None
):
    teacher = Teacher()
    teacher.stream(100)
    learner, came_s = Learner(teacher.source), teacher.now.s
    while not learner.got:
        teacher.send()
    assert teacher.now.s - came_s < 1.0
    assert len(learner.got) > 100
    teacher.send()
    assert learner.got[-1][1]  # and then goes on with the others


def test_ten_who_lose_a_frame_cost_the_teacher_one_key_frame() -> None:
    teacher = Teacher()
    teacher.stream(20)
    for _ in range(10):
        teacher.source.request_key_frame()
    asked = [teacher.source.should_request_key_frame() for _ in range(10)]
    assert sum(asked) == 1


def test_after_a_loss_of_the_teachers_a_key_frame_is_asked_for_and_nobody_smears() -> None:
    teacher = Teacher()
    learner = Learner(teacher.source)
    teacher.stream(10)
    assert not teacher.send(after_gap=True)  # nor is it decoded for poses
    assert teacher.source.should_request_key_frame()
    assert len(learner.got) == 10
    assert teacher.send(key=True)
    assert len(learner.got) == 11


def test_a_slow_learner_is_cut_to_the_next_key_frame_and_nobody_else_is() -> None:
    teacher = Teacher()
    quick, slow = Learner(teacher.source), Viewer(lambda: None)
    teacher.source.add_viewer(slow)
    teacher.stream(130)
    assert slow.queue.cuts == 1
    assert len(quick.got) == 130
    teacher.send(key=True)
    assert len(slow.queue) == 1


def test_a_network_that_carries_key_frames_only_gets_some() -> None:
    teacher = Teacher()
    learner = Learner(teacher.source)
    learner.viewer.queue.keys_only = True
    teacher.stream(1)
    asked_s = []
    for _ in range(300):
        if teacher.source.should_request_key_frame():
            asked_s.append(teacher.now.s)
            teacher.send(key=True)
        else:
            teacher.send()
    assert len(learner.got) == 1 + len(asked_s) == 3


def test_a_teacher_who_comes_back_begins_anew_for_all() -> None:
    teacher = Teacher()
    learner = Learner(teacher.source)
    teacher.stream(10)
    teacher.source.begin_stream()
    teacher.rtp = 3_000_000_000
    teacher.send(after_gap=True)
    assert len(learner.got) == 10
    teacher.send(key=True)
    assert learner.got[-1][0] > learner.got[-2][0]
    assert teacher.source.streams == 1


def test_who_leaves_gets_nothing_more() -> None:
    teacher = Teacher()
    learner = Learner(teacher.source)
    teacher.source.remove_viewer(learner.viewer)
    teacher.stream(3)
    assert not learner.got


def test_sound_goes_to_all_who_hear_and_late_packets_to_nobody() -> None:
    teacher = Teacher()
    heard: list[LiveSound] = []
    hearer = Hearer(heard.append)
    teacher.source.add_hearer(hearer)
    for rtp in (960, 1920, 1440, 2880):
        teacher.source.on_sound(bytes([rtp // 480]), rtp)
    assert [sound.payload for sound in heard] == [b"\2", b"\4", b"\6"]
    assert teacher.source.statistics()["sounds_late"] == 1
    teacher.source.remove_hearer(hearer)
    teacher.source.on_sound(b"x", 3840)
    assert len(heard) == 3


def test_picture_and_sound_have_the_teachers_wall_clock_once_both_have() -> None:
    teacher = Teacher()
    sounds: list[LiveSound] = []
    teacher.source.add_hearer(Hearer(sounds.append))
    teacher.source.on_video_report(1000 * NTP_FRACTION, 0)
    teacher.source.on_sound(b"a", 960)
    teacher.stream(1)
    assert teacher.source.gop.frames[0].ntp is None
    teacher.source.on_audio_report(1000 * NTP_FRACTION, 0)
    teacher.source.on_sound(b"b", 48_000)
    teacher.send(key=True)
    assert sounds[-1].ntp == 1001 * NTP_FRACTION
    assert teacher.source.gop.frames[0].ntp == 1000 * NTP_FRACTION + NTP_FRACTION * 2 // 30


def test_a_teacher_without_a_camera_is_told_so() -> None:
    teacher = Teacher()
    teacher.now.s += 4.0
    assert teacher.source.problem is None
    teacher.now.s += 2.0
    assert teacher.source.problem == "no_picture"
    teacher.stream(1)
    assert teacher.source.problem is None


def test_a_frame_is_found_on_the_servers_clock() -> None:
    teacher = Teacher()
    assert teacher.source.captured_s(0) is None
    teacher.stream(10)
    newest_s = teacher.source.captured_s(teacher.rtp)
    assert newest_s is not None
    assert abs(newest_s - teacher.now.s) < 1e-3
