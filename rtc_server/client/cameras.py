"""What a headless learner shows instead of a webcam: a file, or the instructor's own picture."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from rtc_server.errors import BadVideo
from rtc_server.webrtc.latest import Closed, Latest

VIDEO_HZ = 90_000
# Less than the page asks of a webcam (640 × 480 at 15): poses are taken 5 times a second from a
# crop 160 pixels high, and many learners may share the machine.
FPS = 10.0
WIDEST, TALLEST = 480, 360
WAITING = 64  # frames of an echo on their way, over four seconds


class Camera(MediaStreamTrack):
    """A track of frames stamped with the time at which they were taken."""

    kind = "video"

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._began_s = now()

    def _stamp(self, frame: av.VideoFrame, taken_s: float) -> av.VideoFrame:
        frame.pts = round((taken_s - self._began_s) * VIDEO_HZ)
        frame.time_base = Fraction(1, VIDEO_HZ)
        return frame


class EchoCamera(Camera):
    """Films the instructor's picture, FPS times a second, and is `delay_s` late with all it does.

    A sender that cannot keep up gets the newest picture, as from any camera; `skipped` counts the
    others. Each is stamped with the time at which it was due, however late it is asked for.
    """

    def __init__(self, now: Callable[[], float], delay_s: float) -> None:
        super().__init__(now)
        self._delay_s = delay_s
        self._waiting: deque[tuple[float, av.VideoFrame]] = deque(maxlen=WAITING)
        self._arrived = asyncio.Event()
        self._next_s = 0.0
        self.skipped = 0

    def show(self, frame: av.VideoFrame) -> None:
        """A picture of the instructor is on the screen now; one in three is enough for FPS."""
        now_s = self._now()
        if now_s < self._next_s:
            return
        self._next_s = max(self._next_s + 1 / FPS, now_s - 1 / FPS)
        self.skipped += len(self._waiting) == WAITING
        self._waiting.append((now_s + self._delay_s, frame))
        self._arrived.set()

    async def recv(self) -> av.VideoFrame:
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
            if self.readyState != "live":
                raise MediaStreamError
        await asyncio.sleep(max(0.0, self._waiting[0][0] - self._now()))
        due_s, frame = self._waiting.popleft()
        while self._waiting and self._waiting[0][0] <= self._now():
            self.skipped += 1
            due_s, frame = self._waiting.popleft()
        return self._stamp(fitted(frame), due_s)

    def stop(self) -> None:
        super().stop()
        self._arrived.set()


class FileCamera(Camera):
    """Plays a video file as a webcam would, again and again; decoded on a thread of its own."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        """:raises BadVideo: the file has no picture that can be decoded."""
        super().__init__(now)
        self._frames = file_frames(path)
        first = next(self._frames, None)
        if first is None:
            raise BadVideo(f"{path}: expected a video with pictures in it, got none")
        self._pictures: Latest[av.VideoFrame] = Latest()
        self._pictures.put(first[1])
        self._loop = asyncio.get_running_loop()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._play, name="file-camera", daemon=True)
        self._thread.start()

    async def recv(self) -> av.VideoFrame:
        try:
            return self._stamp(await self._pictures.take(), self._now())
        except Closed:
            raise MediaStreamError from None

    def stop(self) -> None:
        super().stop()
        self._stopping.set()
        self._pictures.close()

    def _play(self) -> None:
        began_s = self._now()
        for t_s, frame in self._frames:
            if self._stopping.wait(max(0.0, began_s + t_s - self._now())):
                break
            self._loop.call_soon_threadsafe(self._pictures.put, frame)
        self._frames.close()  # type: ignore[attr-defined]  # a generator's, closes the file


def file_frames(path: Path) -> Iterator[tuple[float, av.VideoFrame]]:
    """Frames at most FPS times a second with the times to show them, beginning again for ever.

    :raises BadVideo: the file cannot be opened, or has no video.
    """
    base_s = 0.0
    while True:
        end_s = base_s
        try:
            with av.open(str(path)) as container:
                if not container.streams.video:
                    raise BadVideo(f"{path}: expected a video, got a file without a picture")
                first_s: float | None = None
                for frame in container.decode(video=0):
                    time_s = frame.time or 0.0
                    first_s = time_s if first_s is None else first_s
                    at_s = base_s + time_s - first_s
                    if at_s >= end_s:
                        end_s = at_s + 1 / FPS
                        yield at_s, fitted(frame)
        except (OSError, av.FFmpegError) as error:
            raise BadVideo(f"{path}: expected a video, got {error}") from error
        if end_s == base_s:
            return
        base_s = end_s


def fitted(frame: av.VideoFrame) -> av.VideoFrame:
    """The frame within 480 × 360, in the encoder's colours."""
    scale = min(1.0, WIDEST / frame.width, TALLEST / frame.height)
    width, height = round(frame.width * scale / 2) * 2, round(frame.height * scale / 2) * 2
    return frame.reformat(width, height, "yuv420p", interpolation="FAST_BILINEAR")
