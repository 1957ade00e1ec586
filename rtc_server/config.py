"""Every setting in one frozen object: defaults < file < environment < flags."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from rtc_server.errors import BadConfig

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_LESSONS = ROOT / "lessons"
DEFAULT_HISTORY = str(ROOT / "data" / "history.sqlite3")
PREFIX = "TANDEM_"
SHORTEST_TOKEN = 16
YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
ACCESS = ("auto", "open", "closed")
ENGINES = ("auto", "openvino", "tensorflow")
PRECISIONS = ("auto", "f32", "bf16")


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator may set. File: TOML with these names; environment: TANDEM_<NAME>."""

    host: str = "127.0.0.1"
    port: int = 8080
    lessons: Path = DEFAULT_LESSONS
    history: str = field(default=DEFAULT_HISTORY, repr=False)  # path or URL; empty: keep nothing
    history_access: str = "auto"  # who may ask by name; auto: this machine only
    engine: str = "auto"
    pose_precision: str = "auto"  # auto: bf16 where the processor calculates in it, f32 elsewhere
    pose_fps: float = 5.0
    crop_side: int = 0  # of what the network sees of a learner; 0: the finest there is time for
    max_sessions: int = 8
    countdown_s: int = 3
    ice_servers: tuple[str, ...] = ()
    connect_timeout_s: float = 20.0
    silence_timeout_s: float = 8.0  # and the place is free again within 10
    drain_timeout_s: float = 3.0
    uploads: bool = True  # lessons may be added, renamed and removed over HTTP
    token: str = field(default="", repr=False)  # who changes lessons must know it; empty: nobody
    upload_max_mb: int = 500
    upload_max_s: float = 600.0  # of the lesson
    upload_queue: int = 4  # videos that are being uploaded or wait to be prepared

    def __post_init__(self) -> None:
        self._within("port", 0, 65535)
        self._within("pose_fps", 0.5, 30)
        if self.crop_side != 0 and not 96 <= self.crop_side <= 368:
            raise BadConfig(
                "crop_side: expected 96 to 368, or 0 for the finest there is time for, "
                f"got {self.crop_side}"
            )
        self._within("max_sessions", 1, 1000)
        self._within("countdown_s", 0, 30)
        self._within("connect_timeout_s", 0.1, 300)
        self._within("silence_timeout_s", 1, 3600)
        self._within("drain_timeout_s", 0, 60)
        self._within("upload_max_mb", 1, 100_000)
        self._within("upload_max_s", 1, 4 * 3600)
        self._within("upload_queue", 1, 100)
        if self.token and len(self.token) < SHORTEST_TOKEN:
            raise BadConfig(
                f"token: expected at least {SHORTEST_TOKEN} characters that cannot be guessed, "
                f"got {len(self.token)}"
            )
        self._one_of("engine", ENGINES)
        self._one_of("pose_precision", PRECISIONS)
        self._one_of("history_access", ACCESS)

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def _one_of(self, name: str, choices: tuple[str, ...]) -> None:
        value = getattr(self, name)
        if value not in choices:
            raise BadConfig(f"{name}: expected one of {', '.join(choices)}, got {value!r}")

    def _within(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if not low <= value <= high:
            raise BadConfig(f"{name}: expected {low} to {high}, got {value}")


def load(
    flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ, file: Path | None = None
) -> Config:
    """Put the settings together; a flag that is None was not given.

    :raises BadConfig: an unknown name in the file, or a value of the wrong kind or range.
    """
    given: dict[str, Any] = {}
    if file is not None:
        given |= _from_file(file)
    for name in _names():
        if (text := environ.get(PREFIX + name.upper())) is not None:
            given[name] = text
    given |= {name: value for name, value in flags.items() if value is not None}
    return replace(Config(), **{name: _convert(name, value) for name, value in given.items()})


def _names() -> list[str]:
    return [setting.name for setting in fields(Config)]


def _from_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadConfig(f"{path}: expected a readable TOML file: {error}") from error
    known = set(_names())
    if strange := sorted(set(values) - known):
        raise BadConfig(f"{path}: unknown settings {strange}; expected some of {sorted(known)}")
    return values


def _convert(name: str, value: Any) -> Any:
    kind = type(getattr(Config(), name))
    try:
        if kind is tuple:
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(str(part).strip() for part in parts if str(part).strip())
        if kind is bool:
            return _yes_or_no(value)
        return kind(value)
    except (TypeError, ValueError):
        shown = "…" if name == "token" else repr(value)
        raise BadConfig(f"{name}: expected {kind.__name__}, got {shown}") from None


def _yes_or_no(value: Any) -> bool:
    """
    :raises ValueError: neither.
    """
    word = str(value).lower()
    if word not in YES + NO:
        raise ValueError(word)
    return word in YES
