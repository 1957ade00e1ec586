"""Every DataChannel message, both ways, and what makes one valid. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rtc_server.errors import BadMessage
from rtc_server.lessons.codecs import RATES

MAX_MESSAGE_BYTES = 16 * 1024
MOST_LATENCY_MS = 300  # no camera of a computer or phone is later; what is, is something else
STATES = ("ready", "counting", "playing", "paused", "ended")


@dataclass(frozen=True, slots=True)
class Hello:
    protocol: int
    client: str


@dataclass(frozen=True, slots=True)
class Ping:
    t0_ms: float
    rtt_ms: float | None  # an extension: the least round trip that the client has measured
    wall_ms: float | None = None  # an extension: its wall clock at `t0_ms`, in Unix time


@dataclass(frozen=True, slots=True)
class PlayheadAt:
    rtp: int
    shown_ms: float
    presented: int | None
    sent_ms: float | None = None  # the client's clock when this was sent


@dataclass(frozen=True, slots=True)
class Start:
    lesson_s: float | None  # None: where the lesson stands


@dataclass(frozen=True, slots=True)
class Pause:
    pass


@dataclass(frozen=True, slots=True)
class Resume:
    pass


@dataclass(frozen=True, slots=True)
class Seek:
    lesson_s: float


@dataclass(frozen=True, slots=True)
class Rate:
    rate: float  # one of RATES


@dataclass(frozen=True, slots=True)
class Repeat:
    """`loop` on the wire: a passage to repeat; None, None to go on to the end."""

    from_s: float | None
    to_s: float | None


@dataclass(frozen=True, slots=True)
class Stop:
    pass


@dataclass(frozen=True, slots=True)
class Bye:
    pass


@dataclass(frozen=True, slots=True)
class Camera:
    """An extension: how late this device's camera shows things, as a check found it."""

    latency_ms: float  # 0..MOST_LATENCY_MS


@dataclass(frozen=True, slots=True)
class Calibrate:
    """An extension: a figure raises its arms, and the learner with it; 0 cycles call it off."""

    begins_ms: float  # on the client's clock: its arms hang
    period_ms: float  # down, up and down again
    cycles: int


Control = (
    Hello
    | Ping
    | PlayheadAt
    | Start
    | Pause
    | Resume
    | Seek
    | Rate
    | Repeat
    | Stop
    | Bye
    | Camera
    | Calibrate
)


def parse_control(text: str | bytes) -> Control | None:
    """Read a message of the client; None for a type that this version does not know.

    :raises BadMessage: not text, not JSON, not an object, a field missing or wrong.
    """
    message = _parse_object(text)
    kind = message.get("type")
    if not isinstance(kind, str):
        raise BadMessage(f'expected an object with a text "type", got type {kind!r}')
    reader = READERS.get(kind)
    return reader(_Fields(kind, message)) if reader else None


def to_json(message: Mapping[str, Any]) -> str:
    """Write a message; a number that is not finite becomes null, for JSON has none."""
    return json.dumps(_plain(message), separators=(",", ":"), allow_nan=False)


def error(code: str, sentence: str) -> dict[str, Any]:
    return {"type": "error", "code": code, "message": sentence}


def pong(t0_ms: float, t1_ms: float, t2_ms: float) -> dict[str, Any]:
    return {"type": "pong", "t0_ms": t0_ms, "t1_ms": t1_ms, "t2_ms": t2_ms}


def state(
    name: str,
    lesson_s: float,
    *,
    rate: float,
    loop: tuple[float, float] | None,
    countdown_s: int | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """:param loop: the passage that is repeated, from and to in s."""
    message: dict[str, Any] = {
        **{"type": "state", "state": name, "lesson_s": round(lesson_s, 3)},
        **{"rate": rate, "loop": None if loop is None else list(loop)},
    }
    if countdown_s is not None:
        message["countdown_s"] = countdown_s
    if reason is not None:
        message["reason"] = reason
    return message


class _Fields:
    """Reads typed fields, saying which message and field is wrong."""

    def __init__(self, kind: str, message: Mapping[str, Any]) -> None:
        self._kind = kind
        self._message = message

    def within(self, name: str, least: float, most: float) -> float:
        value = self.number(name)
        if not least <= value <= most:
            raise BadMessage(f"{self._kind}.{name}: expected {least:g} to {most:g}, got {value:g}")
        return value

    def number(self, name: str, default: float | None = None, *, least: float = -math.inf) -> float:
        value = self._message.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise BadMessage(f"{self._kind}.{name}: expected a number, got {_shown(value)}")
        if not math.isfinite(value) or value < least:
            raise BadMessage(f"{self._kind}.{name}: expected {least} or more, got {_shown(value)}")
        return float(value)

    def optional(self, name: str, *, least: float = -math.inf) -> float | None:
        return None if self._message.get(name) is None else self.number(name, least=least)

    def one_of(self, name: str, allowed: Sequence[float]) -> float:
        value = self.number(name)
        if value not in allowed:
            expected = ", ".join(f"{number:g}" for number in allowed)
            raise BadMessage(f"{self._kind}.{name}: expected one of {expected}, got {value:g}")
        return value

    def has(self, *names: str) -> bool:
        return any(self._message.get(name) is not None for name in names)

    def text(self, name: str, default: str) -> str:
        value = self._message.get(name, default)
        if not isinstance(value, str):
            raise BadMessage(f"{self._kind}.{name}: expected text, got {_shown(value)}")
        return value[:200]


READERS: dict[str, Callable[[_Fields], Control]] = {
    "hello": lambda f: Hello(int(f.number("protocol")), f.text("client", "")),
    "ping": lambda f: Ping(f.number("t0_ms"), f.optional("rtt_ms"), f.optional("wall_ms")),
    "playhead": lambda f: PlayheadAt(
        int(f.number("rtp", least=0)),
        f.number("shown_ms"),
        None if (presented := f.optional("presented")) is None else int(presented),
        f.optional("sent_ms"),
    ),
    "start": lambda f: Start(f.optional("lesson_s", least=0)),
    "pause": lambda _: Pause(),
    "resume": lambda _: Resume(),
    "seek": lambda f: Seek(f.number("lesson_s", least=0)),
    "rate": lambda f: Rate(f.one_of("rate", RATES)),
    "loop": lambda f: _repeat(f),
    "stop": lambda _: Stop(),
    "bye": lambda _: Bye(),
    "camera": lambda f: Camera(f.within("latency_ms", 0, MOST_LATENCY_MS)),
    "calibrate": lambda f: _calibrate(f),
}


def _calibrate(fields: _Fields) -> Calibrate:
    if not fields.has("begins_ms", "period_ms", "cycles"):
        return Calibrate(0.0, 0.0, 0)
    cycles = fields.within("cycles", 3, 12)
    return Calibrate(
        fields.number("begins_ms"), fields.within("period_ms", 1000, 4000), int(cycles)
    )


def _repeat(fields: _Fields) -> Repeat:
    if not fields.has("from_s", "to_s"):
        return Repeat(None, None)
    return Repeat(fields.number("from_s", least=0), fields.number("to_s", least=0))


def _parse_object(text: str | bytes) -> dict[str, Any]:
    if isinstance(text, bytes):
        raise BadMessage(f"expected JSON text, got {len(text)} bytes of binary")
    if len(text) > MAX_MESSAGE_BYTES:
        raise BadMessage(f"expected at most {MAX_MESSAGE_BYTES} characters, got {len(text)}")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage(f"expected JSON, got {_shown(text)}") from None
    if not isinstance(message, dict):
        raise BadMessage(f"expected a JSON object, got {_shown(message)}")
    return message


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
