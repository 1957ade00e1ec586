"""What a headless learner sends instead of a webcam: a file, or the instructor's own video."""

from __future__ import annotations

import asyncio
import math
import threading
from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from rtc_server.errors import BadVideo
from rtc_server.latest import Closed, Latest

VIDEO_HZ = 90_000
# As many as the page sends, and smaller ones (its are 640 × 480): poses are estimated 5 times a
# second from a crop 256 pixels high, and many learners may share the machine.
FPS = 10.0
MAX_WIDTH, MAX_HEIGHT = 480, 360
BIT_RATE = 750_000  # bits/s, of such a picture
# Dancers beside each other are to be seen as well as one: in a picture twice as wide, with twice
# the bits. More than two stand in two rows, or farther away.
MOST_WIDTHS = 2
MAX_DELAYED = 64  # frames that an echo holds back: more than four seconds


class CameraTrack(MediaStreamTrack):
    """A track of frames stamped with the time of their capture."""

    kind = "video"

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self.dancers = 1  # whom it films; known before the first frame, except to a phone
        self._now = now
        self._began_s = now()

    @property
    def bit_rate(self) -> int:
        """With how many bits/s its pictures are sent at most."""
        return BIT_RATE * min(self.dancers, MOST_WIDTHS)

    def fit(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame as it is sent."""
        return fit_frame(frame, self.dancers)

    def captured_s(self, frame: av.VideoFrame) -> float:
        """When a frame of this camera was captured."""
        return self._began_s + (frame.pts or 0) / VIDEO_HZ

    def _stamp(self, frame: av.VideoFrame, captured_s: float) -> av.VideoFrame:
        frame.pts = round((captured_s - self._began_s) * VIDEO_HZ)
        frame.time_base = Fraction(1, VIDEO_HZ)
        return frame


class LentCamera(MediaStreamTrack):
    """A camera as one connection has it: aiortc stops a track when its connection ends."""

    kind = "video"

    def __init__(self, camera: CameraTrack) -> None:
        super().__init__()
        self._camera = camera

    async def recv(self) -> av.VideoFrame:
        frame = await self._camera.recv()
        assert isinstance(frame, av.VideoFrame)
        return frame


class EchoCameraTrack(CameraTrack):
    """Films the instructor's video, FPS times a second, and delays each frame by `delay_s`.

    A sender that cannot keep up gets the newest frame, as from any camera; `skipped` counts the
    others. Each frame is stamped with the time at which it was due, however late it is fetched.
    """

    def __init__(self, now: Callable[[], float], delay_s: float) -> None:
        super().__init__(now)
        self._delay_s = delay_s
        self._delayed: deque[tuple[float, av.VideoFrame]] = deque(maxlen=MAX_DELAYED)
        self._arrived = asyncio.Event()
        self._next_s = -math.inf
        self.skipped = 0

    def film(self, frame: av.VideoFrame) -> None:
        """Film the instructor's frame that is shown now; one in three is enough for FPS."""
        now_s = self._now()
        if now_s < self._next_s:
            return
        self._next_s = max(self._next_s + 1 / FPS, now_s - 1 / FPS)
        self.skipped += len(self._delayed) == MAX_DELAYED
        self._delayed.append((now_s + self._delay_s, frame))
        self._arrived.set()

    async def recv(self) -> av.VideoFrame:
        while not self._delayed:
            self._arrived.clear()
            await self._arrived.wait()
            if self.readyState != "live":
                raise MediaStreamError
        await asyncio.sleep(max(0.0, self._delayed[0][0] - self._now()))
        due_s, frame = self._delayed.popleft()
        while self._delayed and self._delayed[0][0] <= self._now():
            self.skipped += 1
            due_s, frame = self._delayed.popleft()
        return self._stamp(self.fit(frame), due_s)

    def stop(self) -> None:
        super().stop()
        self._arrived.set()


class FileCameraTrack(CameraTrack):
    """Sends a video file as a webcam would, again and again; decodes it in a thread of its own."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        """:raises BadVideo: the file has no frame that can be decoded."""
        super().__init__(now)
        self._frames = read_frames(path)
        first = next(self._frames, None)
        if first is None:
            raise BadVideo(f"{path}: expected a video with at least one frame, got none")
        self._newest: Latest[av.VideoFrame] = Latest()
        self._newest.put(self.fit(first[1]))
        self._loop = asyncio.get_running_loop()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._play, name="file-camera", daemon=True)
        self._thread.start()

    async def recv(self) -> av.VideoFrame:
        try:
            return self._stamp(await self._newest.take(), self._now())
        except Closed:
            raise MediaStreamError from None

    def stop(self) -> None:
        super().stop()
        self._stopping.set()
        self._newest.close()

    def _play(self) -> None:
        began_s = self._now()
        for t_s, frame in self._frames:
            if self._stopping.wait(max(0.0, began_s + t_s - self._now())):
                break
            self._loop.call_soon_threadsafe(self._newest.put, self.fit(frame))
        self._frames.close()  # type: ignore[attr-defined]  # of the generator: it closes the file


def read_frames(path: Path) -> Iterator[tuple[float, av.VideoFrame]]:
    """Frames, at most FPS a second, with their times; the file is repeated endlessly.

    :raises BadVideo: the file cannot be opened, or has no video.
    """
    base_s = 0.0
    while True:
        end_s = base_s
        try:
            with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
                if not container.streams.video:
                    raise BadVideo(f"{path}: expected a video, got a file without a video stream")
                first_s: float | None = None
                for frame in container.decode(video=0):
                    time_s = frame.time or 0.0
                    first_s = time_s if first_s is None else first_s
                    at_s = base_s + time_s - first_s
                    if at_s >= end_s:
                        end_s = at_s + 1 / FPS
                        yield at_s, frame
        except (OSError, av.FFmpegError) as error:
            reason = error.strerror or error
            raise BadVideo(f"{path}: expected a video that can be played: {reason}") from error
        if end_s == base_s:
            return
        base_s = end_s


def fit_frame(frame: av.VideoFrame, dancers: int = 1) -> av.VideoFrame:
    """The frame scaled to fit 480 × 360, or 960 × 360, in the encoder's pixel format."""
    max_width = MAX_WIDTH * min(dancers, MOST_WIDTHS)
    scale = min(1.0, max_width / frame.width, MAX_HEIGHT / frame.height)
    width, height = round(frame.width * scale / 2) * 2, round(frame.height * scale / 2) * 2
    return frame.reformat(width, height, "yuv420p", interpolation="FAST_BILINEAR")
