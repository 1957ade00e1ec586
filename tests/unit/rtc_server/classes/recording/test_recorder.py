"""A class as a file: packets in, a video out whose time is the class's, within its limits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rtc_server.classes.live.recording import recorder as recorders
from rtc_server.classes.live.recording.limits import RecordingLimits, RecordingSpace
from rtc_server.classes.live.recording.recorder import Recorder
from rtc_server.errors import NoRoom
from tests.unit.rtc_server.classes.recording.films import FPS, Dance, encode, look_into


class Studio:
    """Records a dance in a folder of its own."""

    def __init__(
        self, folder: Path, *, max_s: float = 60.0, max_bytes: int = 10**7, space: int = 10**7
    ) -> None:
        self.folder, self.dance, self.space = folder, Dance(), RecordingSpace(space)
        self.asked = 0  # for key frames
        limits = RecordingLimits(max_s, max_bytes)
        self.recorder = Recorder(folder, limits, self.space, self._ask)

    @property
    def files(self) -> list[Path]:
        return list(self.folder.iterdir())

    def _ask(self) -> None:
        self.asked += 1

    def send(self, frames: Sequence[bytes], codec: str = "VP8", *, key: bool = True) -> None:
        """Frames, the first of them a key frame, with a packet of sound after each."""
        for k, data in enumerate(frames):
            frame = self.dance.frame(data, key=key and k == 0, codec=codec)
            self.recorder.take_frame(frame, data, self.dance.clock)
            self.recorder.take_sound(self.dance.sound(), self.dance.clock)


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_what_a_teacher_sends_can_be_played(codec: str, tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.dance.play()
    studio.send(encode(codec), codec)
    path = await studio.recorder.finish()
    assert path is not None
    found = look_into(path)
    assert found.frames_s == pytest.approx([k / FPS for k in range(15)], abs=0.002)
    assert found.sounds_s == pytest.approx(found.frames_s, abs=0.02)  # Opus begins a little early
    await studio.recorder.discard()
    assert studio.files == []
    assert studio.space.used == 0


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_a_picture_may_change_its_size(codec: str, tmp_path: Path) -> None:
    """Browsers begin with small pictures."""
    studio = Studio(tmp_path)
    studio.dance.play()
    studio.send(encode(codec), codec)
    studio.send(encode(codec, width=320, height=192), codec)
    path = await studio.recorder.finish()
    assert path is not None
    assert look_into(path).sizes == [(160, 96)] * 15 + [(320, 192)] * 15
    await studio.recorder.discard()


async def test_nothing_is_recorded_before_the_class_begins(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.send(encode("VP8"))
    assert not studio.asked
    assert await studio.recorder.finish() is None
    await studio.recorder.discard()


async def test_who_is_kept_late_is_recorded_from_the_next_key_frame_on(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.dance.play()
    studio.send(encode("VP8")[1:], key=False)
    assert studio.asked == 14  # the source asks the teacher as often as is good
    studio.send(encode("VP8"))
    assert studio.recorder.intake.begin_s == pytest.approx(15 / FPS, abs=0.01)
    path = await studio.recorder.finish()
    assert path is not None
    found = look_into(path)
    assert found.frames_s[0] == 0.0
    assert len(found.frames_s) == 15
    assert studio.recorder.intake.lost == 0
    await studio.recorder.discard()


async def test_a_pause_takes_no_time_and_it_goes_on_with_a_key_frame(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.dance.play()
    studio.send(encode("VP8"))
    studio.dance.pause()
    studio.send(encode("VP8"))
    studio.dance.now_s += 100.0  # the teacher's connection breaks, and comes back
    studio.dance.play()
    studio.send(encode("VP8")[1:4], key=False)
    assert studio.asked == 3
    studio.send(encode("VP8"))
    path = await studio.recorder.finish()
    assert path is not None
    expected = [*range(15), *range(18, 33)]  # of the class's time, three are missing
    assert look_into(path).frames_s == pytest.approx([k / FPS for k in expected], abs=0.04)
    assert studio.recorder.intake.lost == 3
    await studio.recorder.discard()


async def test_what_is_missing_while_the_class_plays_on_takes_its_time(tmp_path: Path) -> None:
    """The server learns of a broken connection only after some seconds."""
    studio = Studio(tmp_path)
    studio.dance.play()
    studio.send(encode("VP8"))
    studio.dance.now_s += 8.0
    studio.dance.pause()
    studio.dance.now_s += 30.0
    studio.dance.play()
    studio.send(encode("VP8"))
    path = await studio.recorder.finish()
    assert path is not None
    frames_s = look_into(path).frames_s
    assert frames_s[15] - frames_s[14] == pytest.approx(8.0 + 1 / FPS, abs=0.01)
    assert frames_s[-1] == pytest.approx(
        studio.dance.clock.position_s(studio.dance.now_s) - 1 / FPS, abs=0.01
    )
    await studio.recorder.discard()


async def test_another_codec_ends_it_with_what_there_is(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.dance.play()
    studio.send(encode("VP8"))
    studio.send(encode("H264"), "H264")
    studio.send(encode("VP8"))
    assert studio.recorder.intake.stopped == "codec_changed"
    path = await studio.recorder.finish()
    assert path is not None
    assert len(look_into(path).frames_s) == 15
    await studio.recorder.discard()


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"max_s": 0.5}, "too_long"),
        ({"max_bytes": 1500}, "too_large"),
        ({"space": 1500}, "no_space"),
    ],
)
async def test_it_ends_at_its_limits(limits: dict[str, int], reason: str, tmp_path: Path) -> None:
    studio = Studio(tmp_path, **limits)
    studio.dance.play()
    for _ in range(3):
        studio.send(encode("VP8"))
    assert studio.recorder.intake.stopped == reason
    path = await studio.recorder.finish()
    assert path is not None
    frames_s = look_into(path).frames_s
    assert 0 < len(frames_s) < 45
    assert path.stat().st_size < limits.get("max_bytes", 10**6) + 2000
    assert frames_s[-1] <= limits.get("max_s", 10**6)
    await studio.recorder.discard()


async def test_a_full_disk_ends_it_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = Studio(tmp_path)
    studio.dance.play()
    studio.send(encode("VP8"))
    await studio.recorder.flush()

    def refuse(*_: object) -> None:
        raise NoRoom("expected room, got none")

    monkeypatch.setattr(recorders.RecordingFile, "write", refuse)
    studio.send(encode("VP8"))
    await studio.recorder.flush()
    assert studio.recorder.intake.stopped == "no_room"
    path = await studio.recorder.finish()
    assert path is not None
    assert len(look_into(path).frames_s) == 15
    await studio.recorder.discard()


async def test_a_disk_that_is_slow_costs_frames_up_to_a_key_frame_and_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorders, "MAX_WAITING_BYTES", sum(map(len, encode("VP8"))))
    studio = Studio(tmp_path)
    studio.dance.play()
    studio.send(encode("VP8"))
    assert studio.recorder.intake.waits_for_key
    assert studio.recorder.statistics()["recording_lost"] > 0
    await studio.recorder.flush()  # now the disk is quick again
    studio.send(encode("VP8")[:5])
    await studio.recorder.flush()
    path = await studio.recorder.finish()
    assert path is not None
    frames_s = look_into(path).frames_s
    assert frames_s[-5:] == pytest.approx([k / FPS for k in range(15, 20)], abs=0.002)
    await studio.recorder.discard()


@pytest.mark.parametrize(
    ("codec", "key"),
    [("H264", b"\0\0\0\1\x65" + bytes(40)), ("H264", b""), ("VP8", bytes(3)), ("VP8", bytes(64))],
)
async def test_a_key_frame_that_lacks_what_a_file_needs_ends_the_recording_alone(
    codec: str, key: bytes, tmp_path: Path
) -> None:
    studio = Studio(tmp_path)
    studio.dance.play()
    studio.send([key], codec)
    await studio.recorder.flush()
    assert studio.recorder.intake.stopped == "failed"
    await studio.recorder.finish()
    await studio.recorder.discard()
    assert studio.files == []
