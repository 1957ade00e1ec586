"""What becomes of classes that are kept, as the report of each says at any front."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from rtc_server.classes.limits import MAX_ENDED
from rtc_server.classes.live.recording.studio import JOB_FIELDS, LessonMaker, describe_kept_job
from rtc_server.cluster.classes.recordings.messages import DescribedJobs
from rtc_server.cluster.errors import HostLost
from rtc_server.error_text import error_sentence
from rtc_server.uploads.job import ENDED, Job

HOST_LOST = HostLost("the session host that recorded the class is gone, and the recording with it")
MACHINE_LOST = HostLost("the machine that made the lesson is gone, or cannot be reached")


class KeptJobs:
    """The jobs of this machine's front, and what other machines' fronts tell of theirs."""

    def __init__(self, maker: LessonMaker) -> None:
        self._maker = maker
        self._own: OrderedDict[str, Job] = OrderedDict()  # by the class's code
        self._others: OrderedDict[str, tuple[str, Mapping[str, Any]]] = OrderedDict()
        self.taking: set[str] = set()  # codes of classes whose recordings are read now

    def add(self, code: str, job: Job) -> None:
        """The recording of that class is a job of this front."""
        self._own[code] = job
        _forget_oldest(self._own)

    def update(self, machine: str, jobs: DescribedJobs) -> None:
        """What the front of another machine says."""
        for code, described in jobs.items():
            self._others.pop(code, None)
            self._others[code] = machine, described
        _forget_oldest(self._others)

    def on_machine_gone(self, machine: str) -> None:
        """None of its hosts reports any more: what was not made there is not made."""
        for code, (where, described) in self._others.items():
            if where == machine and described["state"] not in ENDED:
                self._others[code] = where, {**described, **_fail(MACHINE_LOST)}

    def describe_own(self) -> DescribedJobs:
        """For the fronts of other machines."""
        return {code: describe_kept_job(self._maker, job) for code, job in self._own.items()}

    def complete(self, code: str, report: Mapping[str, Any], *, is_lost: bool) -> dict[str, Any]:
        """A class's report, with what becomes of its recording by now.

        :param report: as the class's host made it, maybe seconds ago.
        :param is_lost: the host is gone, and took what was not read.
        """
        kept = report.get("kept")
        if (job := self._own.get(code)) is not None:
            now = describe_kept_job(self._maker, job)
        elif code in self._others:
            _, described = self._others[code]
            now = dict(described)
        elif is_lost and kept is not None and kept["job"] is None and code not in self.taking:
            now = {} if kept["state"] in ENDED else _fail(HOST_LOST)
        else:
            return dict(report)
        before = kept or dict.fromkeys(("job", "from_s", *JOB_FIELDS))
        return {**report, "kept": {**before, **now}}


def _fail(error: HostLost) -> dict[str, Any]:
    return {"state": "failed", "error": error_sentence(error), "code": error.code, "eta_s": None}


def _forget_oldest(jobs: OrderedDict[str, Any]) -> None:
    while len(jobs) > MAX_ENDED:
        jobs.popitem(last=False)
