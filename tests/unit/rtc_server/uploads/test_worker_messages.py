"""What a worker says is read as a stranger's words: bounded and checked."""

from __future__ import annotations

import json

import pytest

from rtc_server.errors import PreparationFailed
from rtc_server.token_bucket import TokenBucket
from rtc_server.uploads.worker_limits import (
    MESSAGE_LIMIT,
    processor_limit_s,
    wall_limit_s,
)
from rtc_server.uploads.worker_messages import (
    MAX_SENTENCE,
    LessonLength,
    LessonMade,
    LessonRefused,
    SandboxEntered,
    SectionsPlanned,
    StepProgress,
    parse_message,
)
from rtc_server.uploads.worker_output import to_log_line


def said(**message: object) -> bytes:
    return json.dumps(message).encode() + b"\n"


def test_the_messages_of_a_worker_are_understood() -> None:
    assert parse_message(said(step="poses", done=1, of=2)) == StepProgress("poses", 1, 2)
    assert parse_message(said(sandbox=["seccomp"])) == SandboxEntered(("seccomp",))
    assert parse_message(said(length_s=2.5)) == LessonLength(2.5)
    assert parse_message(said(sections=20)) == SectionsPlanned(20)
    assert parse_message(said(ready=True)) == LessonMade()
    assert parse_message(said(error="a: expected b", code="bad_video")) == LessonRefused(
        "bad_video", "a: expected b"
    )


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"x", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 4000, b'{"step": "poses"}'),
        said(step="poses" * 1000, done=1, of=2),
        said(step="poses", done=-1, of=2),
        said(step="poses", done=True, of=2),
        said(step="poses", done=1, of=10**30),
        said(step="poses", done=1, of=1.5),
        said(length_s=float("inf")),
        said(length_s=float("nan")),
        said(length_s=-1),
        said(length_s=10**400)[:4096],
        said(ready="../../etc"),
        said(ready=1.5),
        said(error=["a"], code="bad_video"),
        said(sandbox=["x"] * 9),
    ],
)
def test_anything_else_ends_the_preparation(line: bytes) -> None:
    with pytest.raises(PreparationFailed, match="got another"):
        parse_message(line)


def test_a_sentence_is_one_short_line_and_a_code_is_a_known_one() -> None:
    text = "a\nb\x1b[31m\u202e" + "c" * 5000
    message = parse_message(said(error=text, code="token_needed<script>"))
    assert isinstance(message, LessonRefused)
    assert message.code == "preparation_failed"
    assert message.sentence.isprintable() and len(message.sentence) == MAX_SENTENCE
    assert message.sentence.startswith("a b [31m c")


def test_messages_of_two_steps_at_once_are_never_too_many() -> None:
    """Each step reports ten times a second (rtc_server/uploads/worker.py)."""
    honest = TokenBucket(MESSAGE_LIMIT, now_s=0.0)
    assert all(honest.take(k / 20) for k in range(100_000))


def test_limits_grow_with_the_length() -> None:
    assert processor_limit_s(0) < processor_limit_s(60) < processor_limit_s(600) < 2.1 * 3600
    assert wall_limit_s(60) > processor_limit_s(60)


def test_what_goes_into_the_log_is_one_line_that_no_terminal_obeys() -> None:
    line = to_log_line(b"Traceback\n  File\x1b]0;x\x07\n\xff\n" + b"y" * 5000)
    assert "\n" not in line and "\x1b" not in line and len(line) == 1000
