"""What is recorded can be made a lesson of, whatever browsers do while they send it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rtc_server.authoring.build import make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.people.tracker import Image, People
from rtc_server.authoring.video_checks import check_upload
from rtc_server.types import Pose
from tests.unit.rtc_server.classes.recording.films import FPS, encode
from tests.unit.rtc_server.classes.recording.test_recorder import Studio


def somebody(image: Image, t_s: float) -> People:
    xy = np.linspace(0.3, 0.6, 36, dtype=np.float32).reshape(18, 2)
    return {0: Pose(t_s, xy, np.full(18, 0.5, np.float32), aspect=image.shape[1] / image.shape[0])}


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_pictures_that_grow_and_a_pause(codec: str, tmp_path: Path) -> None:
    studio = Studio(tmp_path / "recordings")
    studio.dance.play()
    studio.send(encode(codec), codec)
    studio.dance.pause()
    studio.dance.now_s += 50.0
    studio.dance.play()
    studio.send(encode(codec, width=320, height=192), codec)
    path = await studio.recorder.finish()
    assert path is not None
    request = BuildRequest(path, tmp_path / "lessons", "class", "Class", max_duration_s=60.0)
    assert check_upload(request) == pytest.approx(30 / FPS, abs=0.05)
    lesson = make_lesson(request, lambda: somebody)
    assert lesson.duration_s == pytest.approx(30 / FPS, abs=0.05)
    assert lesson.has_audio
    assert lesson.samples == 5
    await studio.recorder.discard()


async def test_a_teacher_without_a_microphone(tmp_path: Path) -> None:
    studio = Studio(tmp_path / "recordings")
    studio.dance.play()
    for k, data in enumerate(encode("VP8")):
        frame = studio.dance.frame(data, key=k == 0)
        studio.recorder.take_frame(frame, data, studio.dance.clock)
    path = await studio.recorder.finish()
    assert path is not None
    request = BuildRequest(path, tmp_path / "lessons", "class", "Class", max_duration_s=60.0)
    lesson = make_lesson(request, lambda: somebody)
    assert not lesson.has_audio
    assert lesson.duration_s == pytest.approx(15 / FPS, abs=0.05)
    await studio.recorder.discard()
