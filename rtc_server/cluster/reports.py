"""What travels between the front and the session hosts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.classes.orders import KeptClass
from rtc_server.cluster.classes.recordings.messages import RecordingNews, RecordingOrders
from rtc_server.cluster.lesson_copies.catalog import LessonCatalog
from rtc_server.cluster.lesson_copies.fetch import LessonSource
from rtc_server.history.results import Result
from rtc_server.invitations.invitation import Invitation
from rtc_server.scoring.attempt import Mirror
from rtc_server.session.admission import Stage
from rtc_server.session.places.capacity import CostEstimate

HostState = Literal["starting", "ready", "draining", "gone"]
# A learner's name that was deleted, and whose: None is everybody of that name.
RemovedName = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class SessionOrder:
    """A session that a host is to open: what `SessionRequest` says, without what a host has."""

    session: str  # its id
    lesson: str
    source_sha256: str
    mirror: Mirror
    annotated: bool
    learner: str | None
    address: str
    counted_as: str
    invitation: Invitation | None
    offer_sdp: str | None = field(repr=False)  # None: over a WebSocket that the front holds
    kept: KeptAttempt | None = None  # what it goes on with
    screen_only: bool = False
    lesson_source: LessonSource | None = None  # where the lesson is; None: where each host has it
    dancers: int | None = None
    other_names: tuple[str | None, ...] = ()
    instructors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """What came of an order."""

    answer_sdp: str = field(repr=False)
    ice_tag: str
    learner: str | None  # the first dancer's name
    cost: float = 1.0  # how many learners' places it takes


@dataclass(frozen=True, slots=True)
class FragmentAnswer:
    """What came of candidates or of an ICE restart."""

    answer: str | None
    ice_tag: str


@dataclass(frozen=True, slots=True)
class HostLoad:
    """How busy a host was since its last report."""

    cores: float  # of processor time, all its threads together
    sessions: int
    slowest_per_s: float | None  # scores of the learner with the fewest; None: nobody plays
    remaining_s: float | None = None  # until its first lesson ends, where that is known


@dataclass(frozen=True, slots=True)
class HostCost:
    """What a host sees of its processor time, for the front to count its machine's places."""

    estimate: CostEstimate  # of its machine, before anybody came
    cpu_s: float  # processor time of the host so far, for learners
    plain_s: float  # … for all, as far as the other hosts have it in `others_s`: not what is nice
    others_s: float  # of all other processes on its processors so far, other hosts among them
    learners: float  # who are connected; several dancers count by what they cost
    delay_s: float  # the longest that one of them waits for a look
    side_s: float = 0.0  # processor time of the host so far for something else than learners


@dataclass(frozen=True, slots=True)
class NumberedResult:
    """The result of a session that ended; the host keeps it until the front has it."""

    number: int
    result: Result


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a host's log."""

    logger: str
    level: int
    text: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """Which lesson a session is of."""

    id: str
    source_sha256: str  # of its video


@dataclass(frozen=True, slots=True)
class LessonChange:
    """A lesson gets another title, or is removed, with its copies; others of its id stay."""

    lesson: LessonFacts
    title: str | None  # None: it is removed


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What each front has to know of a session, whichever front it was opened by."""

    lesson: LessonFacts
    learner: str | None
    invitation: Invitation | None
    ice_tag: str
    continues: str | None  # the id of the session that it goes on with
    cost: float = 1.0  # how many learners' places it takes


@dataclass(frozen=True, slots=True)
class DrainWish:
    """An operator asked another machine's front to drain this host."""

    is_replaced: bool


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a front says when it asks for a report."""

    reader: str  # who asks: each gets what is new since its last report
    kept_results: tuple[int, ...] = ()  # numbers of results that the front has kept
    state: HostState | None = None  # as the front of its machine has it; None: another front asks
    catalog: LessonCatalog | None = None  # its machine's lessons, where they have changed
    recordings: RecordingOrders | None = None  # of the front of its machine

    @property
    def is_own(self) -> bool:
        """Whether the front of the host's machine asks: it keeps results and writes the log."""
        return self.state is not None


@dataclass(frozen=True, slots=True)
class HostReport:
    """What a host says of itself once a second, and as soon as a session has ended.

    Each front gets one. Results go to all; the front of the host's machine keeps them.
    """

    load: HostLoad
    stages: Mapping[str, Stage]  # of every session that runs
    kept: tuple[KeptAttempt, ...]  # of attempts that went on since the last report
    resumable: frozenset[str]  # ids of all sessions that can be gone on with
    results: tuple[NumberedResult, ...]
    problem: str | None  # why the host is not well
    version: str  # of its program
    log: tuple[LogLine, ...] = ()
    log_lost: int = 0  # lines that did not fit
    machine: str = ""
    pid: int | None = None
    state: HostState = "ready"  # as the front of its machine has it
    sessions: Mapping[str, SessionFacts] = field(default_factory=dict)  # those that run, by id
    removed_names: tuple[RemovedName, ...] = ()  # since the last report
    drain_wish: DrainWish | None = None  # for the front of its machine
    catalog: LessonCatalog | None = None  # its machine's lessons, where they have changed
    cost: HostCost | None = None  # None: the number of places is set, and not counted
    has_classes: bool = False  # one runs, or has just ended
    classes: tuple[KeptClass, ...] = ()  # what this front has to know of them
    recordings: RecordingNews = field(default_factory=RecordingNews)

    @property
    def is_used(self) -> bool:
        """Whether a host that drains has to go on."""
        return bool(self.stages) or self.has_classes
