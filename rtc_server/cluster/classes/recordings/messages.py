"""What travels between a front and a host of recordings, with the host's reports. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtc_server.classes.live.recording.studio import FinishedRecording
from rtc_server.errors import TandemError

# What becomes of classes that are kept, by their codes: `kept` of a report, without `from_s`.
DescribedJobs = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class OfferedRecording:
    """A recording that waits on the host's disk until the front has read it."""

    number: int  # of those of this host
    recording: FinishedRecording


@dataclass(frozen=True, slots=True)
class RecordingAnswer:
    """The front has read it, or does not take it."""

    number: int
    job: str = ""
    lesson: str = ""  # its id, once it is made
    refusal: TandemError | None = None


@dataclass(frozen=True, slots=True)
class RecordingNews:
    """What a host's report says: to the front of its machine, or, `jobs` alone, to another one."""

    waiting: tuple[OfferedRecording, ...] = ()
    used_bytes: int = 0  # of the disk, by all recordings of the host
    jobs: DescribedJobs | None = None  # of the machine's front, where they have changed


@dataclass(frozen=True, slots=True)
class RecordingOrders:
    """What the front of its machine tells a host with its next question."""

    max_bytes: int  # what all recordings of the host may take of the disk
    answers: tuple[RecordingAnswer, ...] = ()
    jobs: DescribedJobs | None = None  # for other fronts, where they have changed
