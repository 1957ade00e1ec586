"""Where settings come from: a TOML file, the environment, the flags."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from rtc_server.config import AUTO, EVERY_ADDRESS, Config
from rtc_server.errors import BadConfig

ENVIRONMENT_PREFIX = "TANDEM_"
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
SECRETS = ("cluster_token", "secret", "token", "turn_secret")
TYPE_NAMES = {
    bool: "true or false",
    float: "a number",
    int: "a whole number",
    str: "text",
    type(Path()): "a path",
    tuple: "a list",
}


def load_config(
    flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ, file: Path | None = None
) -> Config:
    """Merge the settings of all sources; a flag that is None was not given.

    :raises BadConfig: an unknown name in the file, or a value of the wrong type or out of range.
    """
    given: dict[str, Any] = {}
    if file is not None:
        given |= _read_file(file)
    for name in _setting_names():
        if (text := environ.get(ENVIRONMENT_PREFIX + name.upper())) is not None:
            given[name] = text
    given |= {name: value for name, value in flags.items() if value is not None}
    settings = {name: _parse_value(name, value) for name, value in given.items()}
    if settings.get("lan"):
        settings.setdefault("host", EVERY_ADDRESS)
        settings.setdefault("access", "invite")
    return replace(Config(), **settings)


def _setting_names() -> list[str]:
    return [setting.name for setting in fields(Config) if setting.init]


def _read_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except OSError as error:
        raise BadConfig(f"{path}: expected a TOML file: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path}: expected a TOML file: {error}") from error
    known = set(_setting_names())
    if unknown := sorted(set(values) - known):
        raise BadConfig(
            f"{path}: unknown settings {', '.join(unknown)}; expected some of "
            f"{', '.join(sorted(known))}"
        )
    return values


def _parse_value(name: str, value: Any) -> Any:
    kind = type(getattr(Config(), name))
    if name == "max_sessions":
        return _parse_max_sessions(value)
    try:
        if kind is tuple:
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(str(part).strip() for part in parts if str(part).strip())
        if kind is bool:
            return _parse_bool(value)
        return kind(value)
    except (TypeError, ValueError):
        shown = "…" if name in SECRETS else repr(value)
        raise BadConfig(f"{name}: expected {TYPE_NAMES[kind]}, got {shown}") from None


def _parse_max_sessions(value: Any) -> int:
    """
    :raises BadConfig: neither a number from 1 on nor "auto".
    """
    if str(value).strip().lower() == "auto":
        return AUTO
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise BadConfig(f"max_sessions: expected auto or a whole number from 1, got {value!r}")
    return number


def _parse_bool(value: Any) -> bool:
    """
    :raises ValueError: not a word for true or false.
    """
    word = str(value).lower()
    if word not in TRUE + FALSE:
        raise ValueError(word)
    return word in TRUE
