"""A lesson's WebM holds its packets as they are, at their times."""

from pathlib import Path

import av
import numpy as np
import pytest

from rtc_server.authoring.webm import OPUS, write_webm
from rtc_server.lessons.codecs import VP8
from rtc_server.lessons.lesson import Lesson
from rtc_server.lessons.store import LessonStore
from tests import made

MILLISECOND_S = 0.001  # Matroska's times are whole ones


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return LessonStore(made.demo_lessons()).get("demo")


@pytest.fixture(scope="module")
def webm(lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("webm") / "video.webm"
    write_webm(lesson, path)
    return path


@pytest.mark.parametrize(("kind", "name"), [("video", VP8.name), ("audio", OPUS)])
def test_packets_and_times_are_those_of_the_lesson(
    webm: Path, lesson: Lesson, kind: str, name: str
) -> None:
    rendition = lesson.rendition(name)
    with av.open(str(webm)) as file:
        (stream,) = (stream for stream in file.streams if stream.type == kind)
        packets = [packet for packet in file.demux(stream) if packet.pts is not None]
        times_s = np.array([float(packet.pts * packet.time_base) for packet in packets])
        assert stream.codec_context.name == name
    assert [bytes(packet) for packet in packets] == [
        rendition.packet(i) for i in range(len(rendition))
    ]
    assert np.abs(times_s - rendition.t_s).max() < MILLISECOND_S
    if kind == "video":
        assert [packet.is_keyframe for packet in packets] == rendition.key.tolist()


def test_the_picture_is_upright_and_as_long_as_the_lesson(webm: Path, lesson: Lesson) -> None:
    with av.open(str(webm)) as file:
        (video,) = file.streams.video
        frame = next(file.decode(video))
        assert file.duration is not None
        assert file.duration / av.time_base == pytest.approx(lesson.duration_s, abs=0.03)
        assert (video.width, video.height) == (frame.width, frame.height)
        assert frame.width / frame.height == pytest.approx(lesson.width / lesson.height, rel=0.02)


def test_what_a_player_needs_to_seek_comes_before_the_pictures(webm: Path) -> None:
    content = webm.read_bytes()
    cues, first_cluster = bytes.fromhex("1c53bb6b"), bytes.fromhex("1f43b675")
    assert 0 < content.index(cues) < content.index(first_cluster)


def test_a_silent_lesson_has_no_audio_track(tmp_path: Path) -> None:
    lesson = LessonStore(made.short_lessons()).get("short")
    write_webm(lesson, tmp_path / "video.webm")
    with av.open(str(tmp_path / "video.webm")) as file:
        assert [stream.type for stream in file.streams] == ["video"]
        assert len(list(file.decode(video=0))) == len(lesson.rendition(VP8.name))
