"""Takes recordings from the hosts of this front's machine, as it takes uploads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from rtc_server.classes.live.recording.limits import MB
from rtc_server.classes.live.recording.studio import LessonMaker
from rtc_server.cluster.classes.recordings.kept_jobs import KeptJobs
from rtc_server.cluster.classes.recordings.messages import (
    DescribedJobs,
    OfferedRecording,
    RecordingAnswer,
    RecordingNews,
    RecordingOrders,
)
from rtc_server.cluster.host_record import HostRecord
from rtc_server.config import Config
from rtc_server.errors import PreparationFailed, TandemError
from rtc_server.lessons.store import LessonStore

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class RecordingHost:
    """What this front knows of the recordings of one host of its machine."""

    used_bytes: int = 0  # of the disk
    taken: set[int] = field(default_factory=set)  # numbers of those that are read, or were
    answers: list[RecordingAnswer] = field(default_factory=list)  # for the next question
    told_jobs: DescribedJobs = field(default_factory=dict)


class FrontRecordings:
    """Reads each recording once, and knows what becomes of it."""

    def __init__(
        self,
        config: Config,
        maker: LessonMaker,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        *,
        has_others: bool,
    ) -> None:
        """:param has_others: there are fronts of other machines."""
        self._max_bytes = config.recordings_max_mb * MB
        self._store = LessonStore(config.lessons)
        self._maker, self._spawn, self._has_others = maker, spawn, has_others
        self._hosts: dict[str, RecordingHost] = {}  # of this machine, by name
        self.kept = KeptJobs(maker)

    def give_orders(self, host: HostRecord) -> RecordingOrders:
        """What a host of this machine is told with the next question.

        What it may take of the disk is what the others leave, as they said a second ago.
        """
        known = self._find(host)
        others = sum(one.used_bytes for one in self._hosts.values() if one is not known)
        answers = tuple(known.answers)
        known.taken.difference_update(answer.number for answer in answers)
        known.answers.clear()
        return RecordingOrders(
            max(0, self._max_bytes - others), answers, self._find_new_jobs(known)
        )

    def on_report(self, host: HostRecord, news: RecordingNews) -> None:
        """Take what a host of any machine says."""
        if not host.is_own:
            if news.jobs is not None:
                self.kept.update(host.machine, news.jobs)
            return
        known = self._find(host)
        known.used_bytes = news.used_bytes
        for offered in news.waiting:
            if offered.number not in known.taken:
                known.taken.add(offered.number)
                self._spawn(self._take(known, offered))

    def on_gone(self, host: HostRecord, machines: set[str]) -> None:
        """A host has ended, or died: what it left on the disk is removed.

        :param machines: those that have hosts yet.
        """
        if host.is_own:
            self._hosts.pop(host.name, None)
            self._spawn(self.sweep())
        elif host.machine not in machines:
            self.kept.on_machine_gone(host.machine)

    async def sweep(self) -> None:
        """Remove temporary files whose processes have ended."""
        with contextlib.suppress(OSError):  # the next upload, or start, removes them
            await asyncio.to_thread(self._store.clean)

    def _find(self, host: HostRecord) -> RecordingHost:
        return self._hosts.setdefault(host.name, RecordingHost())

    def _find_new_jobs(self, known: RecordingHost) -> DescribedJobs | None:
        if not self._has_others:
            return None
        jobs = self.kept.describe_own()
        if jobs == known.told_jobs:
            return None
        known.told_jobs = jobs
        return jobs

    async def _take(self, known: RecordingHost, offered: OfferedRecording) -> None:
        """Never fails: it would end the front."""
        known.answers.append(await self._submit(offered))

    async def _submit(self, offered: OfferedRecording) -> RecordingAnswer:
        number, recording = offered.number, offered.recording
        self.kept.taking.add(recording.code)
        try:
            job = await self._maker.submit(recording)
        except TandemError as refusal:
            return RecordingAnswer(number, refusal=refusal)
        except Exception:  # of any kind: the teacher is told that there will be no lesson
            logger.exception("a recording could not be taken")
            failure = PreparationFailed("the recording of the class could not be read")
            return RecordingAnswer(number, refusal=failure)
        finally:
            self.kept.taking.discard(recording.code)
        self.kept.add(recording.code, job)
        return RecordingAnswer(number, job.id, job.lesson_id)
