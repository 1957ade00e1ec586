"""Ids and names that several routes take, in a path, a query or a body. Pure."""

from __future__ import annotations

from typing import Any

from rtc_server.errors import BadLearner
from rtc_server.history.results import MAX_NAME_LENGTH, parse_learner_name
from rtc_server.http.requests.fields import Field, text
from rtc_server.lessons.store import LESSON_ID as LESSON_ID_PATTERN
from rtc_server.lessons.titles import MAX_TITLE, check_title
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
