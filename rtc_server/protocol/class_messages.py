"""The messages of a class on `control` and on the teacher's `roster`, both ways. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypedDict, get_args

from rtc_server.errors import BadMessage
from rtc_server.protocol.field_reader import FieldReader

ClassKind = Literal["lesson", "live"]
ClassState = Literal["open", "held", "ended"]  # held: the teacher is gone
ClassRole = Literal["learner", "teacher"]
CueKind = Literal[
    "arms_higher",
    "arms_lower",
    "bigger",
    "smaller",
    "faster",
    "slower",
    "knees_deeper",
    "legs_wider",
    "other_side",
    "watch_me",
    "listen",
    "step_back",
    "step_into_view",
    "almost",
    "well_done",
    "rest",
]
CUE_KINDS: tuple[CueKind, ...] = get_args(CueKind)
# What keeps a live teacher from being seen, or seen well: no picture comes; no key frame does;
# pictures come in another order than they are shown; they are too large, or of another format.
LiveProblem = Literal["no_picture", "no_key_frames", "b_frames", "too_large", "unfit_format"]
# Of a live class: it may not be kept as a lesson; it is not; nothing is recorded now, as nobody
# dances or no key frame has come; it is recorded; it is not recorded any further.
RecordingState = Literal["refused", "off", "waiting", "on", "stopped"]
Attendance = Literal["on", "waiting", "away"]  # waiting: not let in; away: may come back
ConnectionQuality = Literal["good", "slow", "silent"]
MAX_CUE_CHARACTERS = 200
ROSTER_PART = 10  # learners in one message
TileJoint = list[float] | None  # [x, y], 0..1 of a tile; null where it is not seen


@dataclass(frozen=True, slots=True)
class ShowHand:
    """`hand` on the wire: a learner raises or lowers theirs; the teacher lowers somebody's."""

    up: bool
    learner: int | None = None  # whose; None: the sender's


@dataclass(frozen=True, slots=True)
class SendCue:
    """`cue` on the wire: what the teacher says to one or to all, of the list or in own words."""

    cue: CueKind | None
    text: str | None
    learner: int | None  # None: to all


@dataclass(frozen=True, slots=True)
class Admit:
    """The teacher lets in who waits."""

    learner: int


@dataclass(frozen=True, slots=True)
class Refuse:
    """The teacher lets somebody not in, or sends them away."""

    learner: int


@dataclass(frozen=True, slots=True)
class SetClassWishes:
    """`class` on the wire: what the sender wants; None: as before."""

    leaderboard: bool | None  # of a learner: to be on it
    picture: bool | None  # of a learner: to be seen by the teacher
    keep: bool | None  # of the teacher: that the class becomes a lesson


ClassMessage = ShowHand | SendCue | Admit | Refuse | SetClassWishes


def _parse_cue(fields: FieldReader) -> SendCue:
    learner = _learner(fields) if fields.has("learner") else None
    if fields.has("cue") == fields.has("text"):
        raise BadMessage("cue: expected either cue or text, got both or none")
    if fields.has("cue"):
        return SendCue(fields.choice("cue", CUE_KINDS), None, learner)
    return SendCue(None, _parse_cue_text(fields), learner)


def _parse_cue_text(fields: FieldReader) -> str:
    text = fields.line("text", MAX_CUE_CHARACTERS).strip()
    if not text or any(unicodedata.category(one) in ("Cc", "Zl", "Zp") for one in text):
        raise BadMessage("cue.text: expected one line of text without control characters")
    return text


def _learner(fields: FieldReader) -> int:
    return int(fields.number("learner", least=0))


# By the `type` on the wire.
CLASS_PARSERS: dict[str, Callable[[FieldReader], ClassMessage]] = {
    "hand": lambda f: ShowHand(f.flag("up"), _learner(f) if f.has("learner") else None),
    "cue": _parse_cue,
    "admit": lambda f: Admit(_learner(f)),
    "refuse": lambda f: Refuse(_learner(f)),
    "class": lambda f: SetClassWishes(
        *(f.flag(name) if f.has(name) else None for name in ("leaderboard", "picture", "keep"))
    ),
}


class LeaderboardEntry(TypedDict):
    name: str
    score: float


class WaitingFields(TypedDict):
    """Who waits to be let in."""

    learner: int
    name: str


class RecordingFields(TypedDict):
    """How the recording of a live class is going."""

    state: RecordingState
    why: str | None  # a sentence: why it may not be, or has stopped
    why_code: str | None


class ClassStatus(TypedDict):
    """`class`: how the class is, to everybody in it."""

    type: Literal["class"]
    code: str
    title: str
    kind: ClassKind
    role: ClassRole
    learner: int | None  # the receiver's number; null to the teacher
    admitted: bool
    state: ClassState
    ends_in_s: int | None  # while it is held
    present: int
    learners: list[str]
    max_learners: int
    leaderboard: list[LeaderboardEntry] | None
    on_leaderboard: bool
    keep: bool
    waiting: list[WaitingFields]
    problem: LiveProblem | None  # to the teacher: what keeps a live class from seeing them
    recording: RecordingFields | None  # to the teacher of a live class


class ClassCue(TypedDict):
    """`cue`: what the teacher says."""

    type: Literal["cue"]
    cue: CueKind | None
    text: str | None
    to: Literal["you", "all"]


class ClassHand(TypedDict):
    """`hand`: somebody's hand goes up or down, to them and to the teacher."""

    type: Literal["hand"]
    learner: int
    name: str
    up: bool


class FailedPassageFields(TypedDict):
    """How many of the class fail in a passage."""

    from_s: float
    to_s: float
    score: float  # the mean of all
    failing: int
    of: int


class RosterEntry(TypedDict):
    """One learner as the teacher sees them."""

    learner: int
    name: str
    session: Attendance
    score: float | None
    lag_ms: float | None
    weakest: str | None  # a limb
    coverage: float | None
    connection: ConnectionQuality
    hand: bool
    mirror: bool | None  # null while it is not known
    pose: list[TileJoint] | None
    picture: str | None  # a JPEG in base64


# `roster`: ten learners at a time, twice a second. `from` is a word of Python, hence this form.
RosterMessage = TypedDict(
    "RosterMessage",
    {
        "type": Literal["roster"],
        "seq": int,  # the same of all messages of one turn
        "from": int,  # the place of the first learner of this message
        "of": int,  # how many learners there are
        "lesson_s": float,
        "score": float | None,  # the mean of those who are scored
        "hardest": FailedPassageFields | None,
        "target": list[TileJoint] | None,
        "learners": list[RosterEntry],
    },
)
ClassNews = ClassStatus | ClassCue | ClassHand
