"""The messages that a client sends on `control`, and their parsers. Pure.

A new message needs a dataclass here, a place in `PlaybackCommand` or `ControlMessage`, and a parser
in `PARSERS`; the type checker then points to the `match` that has to handle it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from rtc_server.errors import BadMessage
from rtc_server.lessons.codecs import RATES
from rtc_server.protocol.class_messages import CLASS_PARSERS, ClassMessage
from rtc_server.protocol.field_reader import FieldReader, parse_object, shorten

CameraChoice = Literal["own", "phone"]
PhoneProblem = Literal["hidden", "interrupted"]  # the page is not on top; a call has the camera
MAX_CAMERA_LATENCY_MS = 300  # no camera of a computer or a phone is later than this


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message; it is answered by `welcome`."""

    protocol: int
    client: str


@dataclass(frozen=True, slots=True)
class Ping:
    """A request for a `pong`, which also reports the client's clocks."""

    t0_ms: float  # the client's clock when this was sent
    rtt_ms: float | None  # an extension: the least round trip that the client has measured
    wall_ms: float | None = None  # an extension: its wall clock at `t0_ms`, in Unix time
    # Extensions: the last `pong`'s `t2_ms`, and the client's clock when that pong came.
    t2_ms: float | None = None
    t3_ms: float | None = None

    @property
    def last_pong(self) -> tuple[float, float] | None:
        """When the last `pong` was sent and when it came, each on its own clock."""
        return None if self.t2_ms is None or self.t3_ms is None else (self.t2_ms, self.t3_ms)


@dataclass(frozen=True, slots=True)
class PlayheadReport:
    """`playhead` on the wire: which frame of the instructor's video was shown, and when."""

    rtp: int  # the frame's 32-bit RTP timestamp
    shown_ms: float  # on the client's clock
    presented: int | None  # frames presented so far
    sent_ms: float | None = None  # the client's clock when this was sent
    is_displayed: bool = True  # else only known to be delivered; the screen may show one before


@dataclass(frozen=True, slots=True)
class Start:
    """Begin the lesson, after a countdown."""

    lesson_s: float | None  # None: from the present lesson position


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop playing at the present lesson position."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Continue after a pause."""


@dataclass(frozen=True, slots=True)
class Seek:
    """Go to a lesson position."""

    lesson_s: float


@dataclass(frozen=True, slots=True)
class SetRate:
    """`rate` on the wire: play at another speed."""

    rate: float  # one of RATES


@dataclass(frozen=True, slots=True)
class SetLoop:
    """`loop` on the wire: a passage to repeat; None, None to play on to the end."""

    from_s: float | None
    to_s: float | None


@dataclass(frozen=True, slots=True)
class Stop:
    """End the lesson and get the summary."""


@dataclass(frozen=True, slots=True)
class Bye:
    """The client leaves."""


@dataclass(frozen=True, slots=True)
class SetCameraLatency:
    """`camera` on the wire, an extension: how late this device's camera is, as measured."""

    latency_ms: float  # 0..MAX_CAMERA_LATENCY_MS


@dataclass(frozen=True, slots=True)
class UseCamera:
    """`camera` on the wire, an extension: which camera the screen wants to be looked at with."""

    source: CameraChoice


@dataclass(frozen=True, slots=True)
class CameraProblem:
    """`camera` on the wire, an extension: why a phone sends no picture, as far as it knows."""

    problem: PhoneProblem | None  # None: it sends one again


@dataclass(frozen=True, slots=True)
class Calibrate:
    """An extension: the learner raises their arms with a figure; 0 cycles cancel the check."""

    begins_ms: float  # when the figure's arms hang down, on the client's clock
    period_ms: float  # of one cycle: arms down, up and down again
    cycles: int


PlaybackCommand = Start | Pause | Resume | Seek | SetRate | SetLoop | Stop
CameraMessage = SetCameraLatency | UseCamera | CameraProblem
ControlMessage = (
    PlaybackCommand | Hello | Ping | PlayheadReport | Bye | CameraMessage | Calibrate | ClassMessage
)


def parse_control(text: str | bytes) -> ControlMessage | None:
    """Parse a message of the client; None for a type that this version does not know.

    :raises BadMessage: not text, not JSON, not an object, a field missing or wrong.
    """
    message = parse_object(text)
    kind = message.get("type")
    if not isinstance(kind, str):
        raise BadMessage(f'expected an object with a text "type", got type {shorten(kind)}')
    parse = PARSERS.get(kind)
    return parse(FieldReader(kind, message)) if parse else None


def _parse_playhead(fields: FieldReader) -> PlayheadReport:
    return PlayheadReport(
        rtp=int(fields.number("rtp", least=0)),
        shown_ms=fields.number("shown_ms"),
        presented=None if (count := fields.optional("presented")) is None else int(count),
        sent_ms=fields.optional("sent_ms"),
        is_displayed=fields.text("via", "frame") != "receiver",
    )


def _parse_loop(fields: FieldReader) -> SetLoop:
    if not fields.has("from_s", "to_s"):
        return SetLoop(None, None)
    return SetLoop(fields.number("from_s", least=0), fields.number("to_s", least=0))


def _parse_calibrate(fields: FieldReader) -> Calibrate:
    if not fields.has("begins_ms", "period_ms", "cycles"):
        return Calibrate(0.0, 0.0, 0)
    cycles = fields.within("cycles", 3, 12)
    return Calibrate(
        fields.number("begins_ms"), fields.within("period_ms", 1000, 4000), int(cycles)
    )


def _parse_ping(fields: FieldReader) -> Ping:
    clocks = (fields.optional(name) for name in ("rtt_ms", "wall_ms", "t2_ms", "t3_ms"))
    return Ping(fields.number("t0_ms"), *clocks)


def _parse_camera(fields: FieldReader) -> CameraMessage:
    if fields.has("use"):
        return UseCamera(fields.choice("use", get_args(CameraChoice)))
    if fields.is_given("problem"):
        problems: tuple[PhoneProblem, ...] = get_args(PhoneProblem)
        has = fields.has("problem")
        return CameraProblem(fields.choice("problem", problems) if has else None)
    return SetCameraLatency(fields.within("latency_ms", 0, MAX_CAMERA_LATENCY_MS))


# By the `type` on the wire.
PARSERS: dict[str, Callable[[FieldReader], ControlMessage]] = {
    "hello": lambda f: Hello(int(f.number("protocol")), f.text("client", "")),
    "ping": _parse_ping,
    "playhead": _parse_playhead,
    "start": lambda f: Start(f.optional("lesson_s", least=0)),
    "pause": lambda _: Pause(),
    "resume": lambda _: Resume(),
    "seek": lambda f: Seek(f.number("lesson_s", least=0)),
    "rate": lambda f: SetRate(f.one_of("rate", RATES)),
    "loop": _parse_loop,
    "stop": lambda _: Stop(),
    "bye": lambda _: Bye(),
    "camera": _parse_camera,
    "calibrate": _parse_calibrate,
    **CLASS_PARSERS,
}
