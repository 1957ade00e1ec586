"""The frames of a lesson's video file by lesson position; decoding blocks, so it has a thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import av

from rtc_server.errors import BadVideo

FORWARD_S = 2.0  # nearer frames are decoded up to, and not searched for
EARLY_S = 1e-3  # times in files are rounded


class LessonFilm:
    """One opened file, for any thread.

    A task that is cancelled leaves its thread decoding, and FFmpeg crashes where the file is closed
    meanwhile. Hence the lock.
    """

    def __init__(self, path: Path) -> None:
        """:raises BadVideo: the file cannot be opened, or has no video."""
        try:
            self._container = av.open(str(path), options={"protocol_whitelist": "file"})
        except (OSError, av.FFmpegError) as error:
            raise BadVideo(f"{path}: expected a video, got: {error}") from error
        if not self._container.streams.video:
            raise BadVideo(f"{path}: expected a video, got a file without a video stream")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._frames: Iterator[av.VideoFrame] = self._container.decode(self._stream)
        self._first_s: float | None = None
        self._at_s = -1.0
        self._lock = Lock()
        self._is_closed = False

    def frame_from(self, lesson_s: float) -> tuple[float, av.VideoFrame] | None:
        """The first frame at that lesson position or later, with its own; None past the last."""
        with self._lock:
            return None if self._is_closed else self._find(lesson_s)

    def close(self) -> None:
        """Wait for a frame that is being decoded, then close the file."""
        with self._lock:
            self._is_closed = True
            self._container.close()

    def _find(self, lesson_s: float) -> tuple[float, av.VideoFrame] | None:
        if not self._at_s < lesson_s <= self._at_s + FORWARD_S:
            self._seek(lesson_s)
        for frame in self._frames:
            time_s = frame.time or 0.0
            if self._first_s is None:
                self._first_s = time_s
            self._at_s = time_s - self._first_s
            if self._at_s >= lesson_s - EARLY_S:
                return self._at_s, frame
        self._at_s = float("inf")
        return None

    def _seek(self, lesson_s: float) -> None:
        if self._first_s is None:
            return  # nothing is read yet
        base = self._stream.time_base
        assert base is not None
        self._container.seek(int((lesson_s + self._first_s) / base), stream=self._stream)
        self._frames = self._container.decode(self._stream)
        self._at_s = -1.0
