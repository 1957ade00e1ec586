"""Draws the thumbnails of a lesson's timeline: its key frames, small, side by side in one JPEG."""

from __future__ import annotations

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

NAME = "thumbnails.jpg"
JPEG_QUALITY = 80
MAX_PIXELS = 1280 * 1280  # of a rendition's frame: see authoring/codecs.py


def draw_thumbnails(lesson: Lesson) -> bytes:
    """The JPEG with all thumbnails.

    :raises BrokenLesson: a key frame cannot be decoded.
    """
    grid = lesson.thumbnail_grid
    rendition = lesson.rendition(VP8.name)
    sheet = np.zeros((grid.rows * grid.height, grid.columns * grid.width, 3), np.uint8)
    for k in range(grid.count):
        y, x = k // grid.columns * grid.height, k % grid.columns * grid.width
        image = _decode_key_frame(lesson.id, rendition, float(k * grid.every_s))
        sheet[y : y + grid.height, x : x + grid.width] = cv2.resize(
            image, (grid.width, grid.height), interpolation=cv2.INTER_AREA
        )
    _, data = cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return bytes(data)


def _decode_key_frame(id: str, rendition: Rendition, t_s: float) -> NDArray[np.uint8]:
    """Decode the key frame at `t_s`, or the last one before."""
    decoder = av.CodecContext.create(VP8.name, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    decoder.options = {"max_pixels": str(MAX_PIXELS)}
    packet = av.Packet(rendition.packet(rendition.key_before(t_s)))
    try:
        frames = [*decoder.decode(packet), *decoder.decode(None)]
        return to_bgr(frames[0])
    except (av.FFmpegError, IndexError) as error:
        raise BrokenLesson(f"{id}: expected a key frame at {t_s:.0f} s, {error}") from error
