"""Ids and names that several routes take, in a path, a query or a body. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from rtc_server.errors import BadLearner
from rtc_server.history.results import MAX_NAME_LENGTH, parse_learner_name
from rtc_server.http.requests.fields import Field, integer, text
from rtc_server.lessons.store import LESSON_ID as LESSON_ID_PATTERN
from rtc_server.lessons.titles import MAX_TITLE, check_title
from rtc_server.session.dancers import MAX_DANCERS
from rtc_server.uploads.request import JOB_ID as JOB_ID_PATTERN

LESSON_ID = text(
    "A lesson's id.",
    "a lesson id of 1 to 64 letters a-z, digits and -",
    pattern=LESSON_ID_PATTERN.pattern,
    example="demo",
)
SESSION_ID = text(
    "A session's id: 128 random bits, known only to its learner.",
    "the id of a session",
    example="6f1c0a3be2d94d7c8a53f0be91c2d4e7",
)
JOB_ID = text(
    "A job's id, known only to the sender of the video.",
    "32 to 64 random letters, digits and -",
    pattern=JOB_ID_PATTERN.pattern,
    example="0b0e6c1e-6a55-4f0a-9d35-9d5a2a3f1c77",
)
RESULT_ID = text("A result's `id`, from a list of results.", example="5b8f0c2a9d3e4f61")


def _describe_text(least: int, most: int) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most}


LEARNER = Field(
    description=(
        f"A learner's name: 1 to {MAX_NAME_LENGTH} characters, counted without spaces around it "
        "and in Unicode's composed form (NFC); no control characters, and not only dots. `Ann` "
        "and `ann` are two names."
    ),
    expected="a name",
    schema=_describe_text(1, MAX_NAME_LENGTH),
    example="Ann",
    convert=parse_learner_name,
    error=BadLearner,
)


def _parse_names_text(text: str) -> tuple[str | None, ...]:
    """The same, written as JSON in an address.

    :raises BadLearner: no JSON list of names.
    """
    try:
        names = json.loads(text)
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list):
        raise BadLearner(f"learners: expected a JSON list of names, got {text!r:.60}")
    return _parse_names(names)


def _parse_names(names: list[Any]) -> tuple[str | None, ...]:
    """Names of dancers; null or nothing where there is none.

    :raises BadLearner: a name that a learner cannot have, or too many of them.
    """
    if len(names) > MAX_DANCERS:
        raise BadLearner(f"learners: expected at most {MAX_DANCERS} names, got {len(names)}")
    parsed = tuple(None if name in (None, "") else parse_learner_name(name) for name in names)
    known = [name for name in parsed if name is not None]
    if len(set(known)) < len(known):
        raise BadLearner("learners: expected another name for each dancer, got one twice")
    return parsed


DANCERS = integer(
    "How many dance in the picture, each with a score of their own. Absent: one learner, of whom "
    "no message says which dancer it is about.",
    1,
    MAX_DANCERS,
    required=False,
    example=2,
)
LEARNERS = Field(
    description=(
        "With `dancers`: a name for each of them, from left to right, or null. The first stands "
        "for `learner`."
    ),
    expected="a list of names",
    schema={
        "type": "array",
        "items": {"type": ["string", "null"], "maxLength": MAX_NAME_LENGTH},
        "maxItems": MAX_DANCERS,
    },
    example=["Ann", None],
    required=False,
    convert=_parse_names,
    error=BadLearner,
)
LEARNERS_TEXT = replace(
    LEARNERS,
    description=f"{LEARNERS.description} Written as JSON.",
    schema={"type": "string"},
    example='["Ann", null]',
    convert=_parse_names_text,
)
TITLE = Field(
    description=(
        f"A lesson's title: 1 to {MAX_TITLE} characters, counted without spaces around it and "
        "with single ones inside; no control characters."
    ),
    expected="text",
    schema=_describe_text(1, MAX_TITLE),
    example="First steps",
    convert=check_title,
)
