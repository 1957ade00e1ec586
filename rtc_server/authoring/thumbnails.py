"""Draws a lesson's timeline: its key frames, small, side by side in one JPEG."""

from __future__ import annotations

import contextlib

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from rtc_server.authoring.orientation import to_bgr
from rtc_server.errors import BrokenLesson
from rtc_server.lessons.codecs import VP8
from rtc_server.lessons.lesson import Lesson
from rtc_server.lessons.renditions import Rendition
from rtc_server.lessons.temp_files import file_beside

NAME = "thumbnails.jpg"
QUALITY = 80


def sprite(lesson: Lesson) -> bytes:
    """The JPEG; drawn once, then kept with the lesson, so that it goes when the lesson goes.

    :raises BrokenLesson: its pictures cannot be decoded.
    """
    kept = lesson.folder / NAME
    with contextlib.suppress(FileNotFoundError):
        return kept.read_bytes()
    data = _draw(lesson)
    # A folder that cannot be written to, or is gone by now: it is drawn again each time.
    with contextlib.suppress(OSError), file_beside(kept) as part:
        part.write_bytes(data)
    return data


def _draw(lesson: Lesson) -> bytes:
    form = lesson.timeline
    pictures = lesson.rendition(VP8.name)
    sheet = np.zeros((form.rows * form.height, form.columns * form.width, 3), np.uint8)
    for k in range(form.count):
        y, x = k // form.columns * form.height, k % form.columns * form.width
        shown = _key_picture(lesson.id, pictures, float(k * form.every_s))
        sheet[y : y + form.height, x : x + form.width] = cv2.resize(
            shown, (form.width, form.height), interpolation=cv2.INTER_AREA
        )
    _, data = cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data)


def _key_picture(id: str, pictures: Rendition, t_s: float) -> NDArray[np.uint8]:
    """The key frame at `t_s`, or the last one before: it needs no other picture."""
    decoder = av.CodecContext.create(VP8.name, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    packet = av.Packet(pictures.packet(pictures.key_before(t_s)))
    try:
        frames = [*decoder.decode(packet), *decoder.decode(None)]
        return to_bgr(frames[0])
    except (av.FFmpegError, IndexError) as error:
        raise BrokenLesson(f"{id}: expected a key frame at {t_s:.0f} s, {error}") from error
