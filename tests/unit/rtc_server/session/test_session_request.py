"""Whom each dancer follows, in a new session and in one that goes on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.errors import BadMessage
from rtc_server.scoring.reference import prepare_references
from rtc_server.session.resume import ResumableSession, begin_dancing
from rtc_server.session.session_request import SessionRequest
from tests.unit.rtc_server.dances import dance

DUO: Any = SimpleNamespace(id="duo", source_sha256="a", instructors=(0.3, 0.7))


def request(**fields: Any) -> SessionRequest:
    reference = prepare_references([dance(), dance("squats")])
    return SessionRequest(DUO, reference, "off", False, **fields)


def followed(asked: SessionRequest) -> list[int]:
    return [reference.instructor for reference in asked.references]


def test_who_chooses_nobody_follows_the_first() -> None:
    assert followed(request()) == [0]
    assert followed(request(dancers=3, instructors=(1,))) == [1, 0, 0]


def test_a_learner_alone_can_choose_too() -> None:
    assert followed(request(instructors=(1,))) == [1]


def test_an_instructor_whom_the_lesson_does_not_have_is_refused() -> None:
    with pytest.raises(BadMessage, match=r"numbers up to 1, which this lesson has, got \[0, 2\]"):
        request(dancers=2, instructors=(0, 2))
    solo: Any = SimpleNamespace(instructors=(0.5,))
    with pytest.raises(BadMessage, match="up to 0"):
        replace(request(), lesson=solo, instructors=(1,))


def test_who_comes_back_follows_whom_they_followed() -> None:
    dancing = begin_dancing(request(dancers=2, instructors=(1, 0)), None)
    left = ResumableSession(DUO, dancing.attempt, "off", None, 4.0, 1.0, None, dancers=2)
    again = left.take_over(request(dancers=2, instructors=(0, 1)))
    assert again.instructors == (1, 0) and followed(again) == [1, 0]
