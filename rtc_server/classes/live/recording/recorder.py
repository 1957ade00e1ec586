"""Records one class: takes packets in the event loop, and writes them on a thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import av

from rtc_server.classes.live.recording.intake import RecordingIntake
from rtc_server.classes.live.recording.limits import RecordingLimits, RecordingSpace
from rtc_server.classes.live.recording.recorded_packet import RecordedPacket
from rtc_server.classes.live.recording.recording_file import RecordingFile
from rtc_server.errors import NoRoom
from rtc_server.lessons.temp_files import temp_folder_beside
from rtc_server.sync.lesson_clock import LessonClock
from rtc_server.webrtc.live.frames import LiveFrame, LiveSound

logger = logging.getLogger(__name__)

T = TypeVar("T")
WRITE_EVERY_S = 0.5
MAX_WAITING_BYTES = 8 << 20  # for a disk that is slow: half a minute of 2 Mbit/s


class Recorder:
    """Owns its file, in a temporary folder that is gone after `discard`, or when the server is."""

    def __init__(
        self,
        lessons: Path,
        limits: RecordingLimits,
        space: RecordingSpace,
        want_key_frame: Callable[[], None],
    ) -> None:
        """:param lessons: where the temporary folder is made, once there is something to write."""
        self.intake = RecordingIntake(limits, space)
        self._lessons, self._space, self._want_key_frame = lessons, space, want_key_frame
        self._waiting: list[RecordedPacket] = []
        self._waiting_bytes = 0
        self._folder = contextlib.ExitStack()
        self._file: RecordingFile | None = None
        self._thread = ThreadPoolExecutor(1, "recording")

    @property
    def has_begun(self) -> bool:
        return self.intake.frames > 0

    def take_frame(self, frame: LiveFrame, data: bytes, clock: LessonClock) -> None:
        """A frame was passed on to learners.

        :param data: the whole encoded frame. `clock`: the class's.
        """
        self._put(self.intake.take_frame(frame, data, clock))
        if self.intake.waits_for_key and self.intake.stopped is None and clock.playing:
            self._want_key_frame()

    def take_sound(self, sound: LiveSound, clock: LessonClock) -> None:
        """A packet of sound was passed on to learners."""
        self._put(self.intake.take_sound(sound, clock))

    async def write_on(self) -> None:
        """Write what comes, twice a second, until cancelled."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.flush()

    async def flush(self) -> None:
        """Write what waits; a disk that does not take it ends the recording."""
        packets, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if not packets:
            return
        try:
            await self._run(lambda: self._write(packets))
        except NoRoom:
            self.intake.stop("no_room")
        except (OSError, av.FFmpegError):
            logger.exception("a class cannot be recorded any more")
            self.intake.stop("failed")

    async def finish(self) -> Path | None:
        """Write the end of the file; return where it is, or None if nothing was recorded."""
        await self.flush()
        if self._file is None:
            return None
        try:
            await self._run(self._file.close)
        except (OSError, av.FFmpegError):
            logger.exception("the recording of a class has no end")
        return self._file.path

    async def discard(self) -> None:
        """Remove the file."""
        self._waiting = []
        await self._run(self._remove)
        self._thread.shutdown(wait=False)
        self._space.give_back(self.intake.size)
        self.intake.size = 0

    def statistics(self) -> Counter[str]:
        """What was recorded, and what was lost of the time that was."""
        intake = self.intake
        return Counter(
            recorded_frames=intake.frames, recorded_sounds=intake.sounds, recording_lost=intake.lost
        )

    def _put(self, packet: RecordedPacket | None) -> None:
        if packet is None:
            return
        if self._waiting_bytes + len(packet.data) > MAX_WAITING_BYTES:
            self.intake.lose(packet)
            return
        self._waiting.append(packet)
        self._waiting_bytes += len(packet.data)

    def _write(self, packets: list[RecordedPacket]) -> None:
        if self._file is None:
            folder = self._folder.enter_context(temp_folder_beside(self._lessons / "class"))
            self._file = RecordingFile(folder)
        self._file.write(packets)

    def _remove(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError, av.FFmpegError):
                self._file.close()
        self._folder.close()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
