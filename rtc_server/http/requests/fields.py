"""Definitions of what clients send: each checks a value, and describes itself in JSON Schema. Pure.

Routes read queries and JSON bodies with these, and `http.openapi` publishes them, so that what is
published is what is checked. https://json-schema.org/draft/2020-12/json-schema-validation
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import NoneType
from typing import Any

from rtc_server.errors import BadMessage, TandemError

Schema = Mapping[str, Any]
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "null": NoneType,
}


def _unchanged(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value of a query, a path or a JSON object."""

    description: str
    expected: str  # completes "expected …" in an error
    # `parse` checks type, const, enum, pattern, minimum and maximum. All other keywords describe
    # what `convert` checks.
    schema: Schema
    example: Any = None
    required: bool = True
    default: Any = None  # where the value is absent
    convert: Callable[[Any], Any] = _unchanged  # may raise errors of its own
    error: type[TandemError] = BadMessage

    def parse(self, value: object, name: str) -> Any:
        """Check a value and convert it.

        :raises BadMessage: (or `error`) it does not fit; the sentence begins with the name.
        """
        if not _fits(value, self.schema):
            raise self.error(f"{name}: expected {self.expected}, got {value!r:.60}")
        return self.convert(value)

    def parse_text(self, text: str, name: str) -> Any:
        """Check a value of a query, where numbers are written as text."""
        value = _number_from(text, self.schema["type"])
        if not _fits(value, self.schema):
            raise self.error(f"{name}: expected {self.expected}, got {text!r:.60}")
        return self.convert(value)


def text(description: str, expected: str = "text", *, pattern: str = "", **rest: Any) -> Field:
    """A string.

    :param pattern: a regular expression for the whole of it, which means the same in JavaScript.
    """
    schema = {"type": "string"} | ({"pattern": f"^(?:{pattern})$"} if pattern else {})
    return Field(description=description, expected=expected, schema=schema, **rest)


def choice(description: str, allowed: Sequence[str], **rest: Any) -> Field:
    """One of those strings."""
    schema = {"type": "string", "enum": list(allowed)}
    expected = f"one of {', '.join(allowed)}"
    return Field(description=description, schema=schema, **({"expected": expected} | rest))


def constant(description: str, value: str) -> Field:
    """This string and no other."""
    schema = {"type": "string", "const": value}
    return Field(description=description, expected=f'"{value}"', schema=schema, example=value)


def boolean(description: str, **rest: Any) -> Field:
    """True or false."""
    schema = {"type": "boolean"}
    return Field(description=description, expected="true or false", schema=schema, **rest)


def integer(description: str, least: int, most: int, **rest: Any) -> Field:
    """A whole number of that range, both ends included."""
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Field(description=description, expected=f"{least} to {most}", schema=schema, **rest)


def number(description: str, expected: str, **rest: Any) -> Field:
    """Any number."""
    return Field(description=description, expected=expected, schema={"type": "number"}, **rest)


def optional(field: Field, note: str = "") -> Field:
    """The same field, which may be absent; the note says what that means."""
    description = f"{field.description} {note}".strip()
    return replace(field, description=description, required=False)


def or_null(field: Field, note: str = "") -> Field:
    """The same field of a JSON object, which may be absent or null."""

    def convert(value: Any) -> Any:
        return None if value is None else field.convert(value)

    schema = {**field.schema, "type": [field.schema["type"], "null"]}
    return optional(replace(field, schema=schema, convert=convert), note)


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A JSON object with these fields; others are ignored."""

    expected: str  # completes "expected …" where no JSON came
    fields: Mapping[str, Field]

    def parse(self, body: str) -> dict[str, Any]:
        """The value of each field.

        :raises BadMessage: not a JSON object, or a field is missing or wrong.
        """
        try:
            values = json.loads(body)
        except (ValueError, RecursionError):
            raise BadMessage(f"expected {self.expected}, got no JSON") from None
        if not isinstance(values, dict):
            raise BadMessage(f"expected a JSON object, got {type(values).__name__}")
        return {
            name: field.parse(values.get(name), name)
            if field.required or name in values
            else field.default
            for name, field in self.fields.items()
        }


@dataclass(frozen=True, slots=True)
class Query:
    """The query of an address; names that are not among the fields are ignored."""

    fields: Mapping[str, Field]
    ignores_empty: bool = False  # whether `?id=` is the same as no id

    def parse(self, query: Mapping[str, str]) -> dict[str, Any]:
        """The value of each field.

        :raises BadMessage: a field is missing or wrong.
        """
        return {name: self._parse_field(name, query.get(name)) for name in self.fields}

    def _parse_field(self, name: str, text: str | None) -> Any:
        field = self.fields[name]
        if text is not None and (text or not self.ignores_empty):
            return field.parse_text(text, name)
        if field.required:
            raise BadMessage(f"expected ?{name}=… in the address, got none")
        return field.default


def _fits(value: object, schema: Schema) -> bool:
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if not any(_is_of(value, kind) for kind in kinds):
        return False
    if value is None:
        return True
    if isinstance(value, str):
        allowed = [schema["const"]] if "const" in schema else schema.get("enum", [value])
        pattern = schema.get("pattern", "(?s:.*)")
        # fullmatch, because in Python `$` also matches before a line's end.
        return value in allowed and re.fullmatch(pattern, value) is not None
    if isinstance(value, int | float):
        least, most = schema.get("minimum", value), schema.get("maximum", value)
        return not value < least and not value > most
    return True


def _is_of(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, TYPES[kind])


def _number_from(text: str, kind: str) -> str | int | float:
    """The number in a text where a number is wanted; else the text as it is."""
    try:
        match kind:
            case "integer" if text.isascii() and text.isdigit():
                return int(text)
            case "number":
                return float(text)
    except ValueError:  # int refuses more than 4300 digits
        pass
    return text
