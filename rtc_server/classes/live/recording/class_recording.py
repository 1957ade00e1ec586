"""Keeps one live class as a lesson, as far as its teacher wants that and may."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from rtc_server import audit
from rtc_server.classes.errors import ClassTooShort, KeepRefused
from rtc_server.classes.live.recording.recorder import Recorder
from rtc_server.classes.live.recording.studio import (
    JOB_FIELDS,
    FinishedRecording,
    RecordingStudio,
    describe_kept_job,
)
from rtc_server.classes.options import KeepRight
from rtc_server.error_text import error_sentence
from rtc_server.errors import PreparationFailed, TandemError, TooManyJobs
from rtc_server.protocol.class_messages import RecordingFields, RecordingState
from rtc_server.sync.player import Player
from rtc_server.uploads.job import Job
from rtc_server.uploads.request import UploadRequest
from rtc_server.webrtc.live.frames import LiveFrame, LiveSound
from rtc_server.webrtc.live.source import LiveSource

logger = logging.getLogger(__name__)

MIN_KEPT_S = 5.0  # of dance: in less there is nothing to follow
RETRY_S, MAX_RETRY_S = 5.0, 600.0  # while other videos wait to be prepared: nobody has this one
STOPS = {
    "too_long": "the recording is as long as a lesson may be; what was danced until then is kept",
    "too_large": "the recording is as large as a video may be; what was danced until then is kept",
    "no_space": "the recordings of all classes take as much as they may; what was danced until "
    "then is kept",
    "no_room": "the server's disk is full; what was danced until then is kept",
    "codec_changed": "the camera sends another format than before; what was danced until then is "
    "kept",
    "failed": "the recording could not be written any more; what was danced until then is kept",
}


class ClassRecording:
    """What `keep` does: a recording while the class is danced, a job of it afterwards."""

    def __init__(
        self,
        code: str,
        title: str,
        source: LiveSource,
        right: KeepRight,
        studio: RecordingStudio,
        start: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        """:param code: the class's.
        :param start: begins a task that its owner ends with the class."""
        self.player: Player | None = None  # the class's, once it has begun
        self._code, self._title, self._source = code, title, source
        self._right, self._studio, self._start = right, studio, start
        self._recorder: Recorder | None = None
        self._writing: asyncio.Task[None] | None = None
        self._handing: asyncio.Task[None] | None = None
        self._is_over = False
        self._job: Job | None = None
        self._failure: TandemError | None = None
        self._past: Counter[str] = Counter()  # of recordings that were thrown away
        source.on_frame, source.on_sound_passed = self._on_frame, self._on_sound

    @property
    def keep(self) -> bool:
        """Whether the class becomes a lesson."""
        recorder = self._recorder
        return recorder is not None and (recorder.has_begun or recorder.intake.stopped is None)

    def set_keep(self, *, keep: bool) -> None:
        """Record from the next key frame on; or throw away what was recorded.

        :raises KeepRefused: whoever opened the class may not add lessons.
        """
        if self._is_over:
            return
        if not keep:
            self._throw_away()
        elif self._right.refusal is not None:
            raise KeepRefused(str(self._right.refusal))
        elif self._recorder is None:
            studio, source = self._studio, self._source
            self._recorder = Recorder(
                *(studio.lessons, studio.limits, studio.space),
                lambda: source.requests.want(source.now()),
            )
            self._writing = self._start(self._recorder.write_on())

    def describe(self) -> RecordingFields:
        """How it is going, for the teacher."""
        recorder, state, code, why = self._recorder, _off(self._right), None, None
        if state == "refused":
            assert self._right.refusal is not None
            code, why = self._right.refusal.code, str(self._right.refusal)
        elif recorder is not None and (stopped := recorder.intake.stopped) is not None:
            state, code, why = "stopped", stopped, STOPS[stopped]
        elif recorder is not None:
            state = "waiting" if recorder.intake.waits_for_key else "on"
        return {"state": state, "why": why, "why_code": code}

    def end(self) -> None:
        """The class is over: what was recorded goes the way of an upload."""
        if self._recorder is not None and not self._is_over:
            self._handing = self._start(self._hand_over(self._recorder))
        self._is_over = True

    async def wait_until_handed_over(self) -> None:
        """Wait until there is a job, or none can be; the job goes on by itself."""
        if self._handing is not None:
            await asyncio.wait({self._handing})

    async def close(self) -> None:
        """Throw away what was not handed over; the server ends."""
        if self._handing is not None:
            self._handing.cancel()
        elif self._recorder is not None:
            self._throw_away()
        self._is_over = True

    def describe_kept(self) -> dict[str, Any] | None:
        """What becomes of it, for the report; None: the class is not kept."""
        if self._recorder is None:
            return None
        begin_s = self._recorder.intake.begin_s
        from_s = None if begin_s is None else round(begin_s, 3)
        if self._job is not None:
            return {"from_s": from_s} | describe_kept_job(self._studio.maker, self._job)
        failure = self._failure
        state = "failed" if failure else "saving" if self._is_over else "recording"
        return dict.fromkeys(JOB_FIELDS) | {
            **{"job": None, "from_s": from_s, "state": state, "title": self._title},
            **{"progress": 0.0, "ahead": 0},
            "error": error_sentence(failure) if failure else None,
            "code": failure.code if failure else None,
        }

    def statistics(self) -> Counter[str]:
        """What was recorded, also of what was thrown away."""
        now = Counter() if self._recorder is None else self._recorder.statistics()
        return self._past + now

    def _on_frame(self, frame: LiveFrame, data: bytes) -> None:
        if self._recorder is not None and self.player is not None and not self._is_over:
            self._recorder.take_frame(frame, data, self.player.clock)

    def _on_sound(self, sound: LiveSound) -> None:
        if self._recorder is not None and self.player is not None and not self._is_over:
            self._recorder.take_sound(sound, self.player.clock)

    def _throw_away(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        self._past += recorder.statistics()
        if self._writing is not None:
            self._writing.cancel()
        self._start(recorder.discard())

    async def _hand_over(self, recorder: Recorder) -> None:
        assert self._writing is not None
        self._writing.cancel()
        try:
            path = await recorder.finish()
            length_s = recorder.intake.length_s
            if path is None or length_s < MIN_KEPT_S:
                raise ClassTooShort(
                    f"expected at least {MIN_KEPT_S:.0f} s of dance to make a lesson of, "
                    f"got {length_s:.1f} s"
                )
            self._job = await self._submit(path)
        except TandemError as failure:
            self._failure = failure
            logger.info("a class becomes no lesson: %s", failure)
        except Exception:  # of any kind: the teacher is told that there will be no lesson
            self._failure = PreparationFailed("the recording of the class could not be read")
            raise
        finally:
            await recorder.discard()

    async def _submit(self, path: Path) -> Job:
        """
        :raises TandemError: as `LessonMaker.submit` does.
        """
        right, now = self._right, self._source.now
        size = await asyncio.to_thread(lambda: path.stat().st_size)
        request = UploadRequest(
            *(self._title,),
            video_name="the class",
            suffix=path.suffix,
            length=size,
            client=right.client,
        )
        finished = FinishedRecording(self._code, path, request)
        until_s = now() + MAX_RETRY_S
        while True:
            try:
                job = await self._studio.maker.submit(finished)
            except TooManyJobs:
                if now() > until_s:
                    raise
                await asyncio.sleep(RETRY_S)
            else:
                audit.record(
                    "uploaded",
                    address=right.address,
                    job=audit.tag_id(job.id),
                    lesson=job.lesson_id,
                )
                return job


def _off(right: KeepRight) -> RecordingState:
    return "off" if right.refusal is None else "refused"
