"""What is asked for when a class is opened or joined."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rtc_server.classes.options import DEFAULT_LEARNERS, MAX_LEARNERS, ClassOptions
from rtc_server.errors import BadLearner, BadMessage, BadTitle
from rtc_server.http.requests.class_body import (
    parse_class,
    parse_join,
    parse_sdp_join,
    parse_socket_join,
)

OFFER = {"sdp": "v=0", "type": "offer", "learner": "Ann"}


def opened(**body: Any) -> ClassOptions:
    return parse_class(json.dumps(body)).build_options("A lesson")


def test_a_class_with_a_lesson_has_its_title_if_none_is_given() -> None:
    assert opened(lesson="demo") == ClassOptions("A lesson", "lesson", DEFAULT_LEARNERS)
    assert opened(lesson="demo", title="  Tuesday ").title == "Tuesday"


def test_a_live_class_may_be_kept() -> None:
    options = opened(live=True, keep=True, max_learners=5, admission="ask", leaderboard=True)
    assert options == ClassOptions("A lesson", "live", 5, "ask", True, True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"lesson": "demo", "live": True},
        {"lesson": None, "live": False},
        {"lesson": "demo", "keep": True},
        {"lesson": "demo", "max_learners": 0},
        {"lesson": "demo", "max_learners": MAX_LEARNERS + 1},
        {"lesson": "demo", "admission": "closed"},
        {"lesson": "demo", "leaderboard": "yes"},
    ],
)
def test_what_no_class_can_be_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(BadMessage):
        opened(**body)


def test_a_title_is_one_as_of_a_lesson() -> None:
    with pytest.raises(BadTitle):
        opened(lesson="demo", title="\n")


def test_who_joins_has_a_name() -> None:
    assert parse_join(json.dumps(OFFER)).learner == "Ann"
    assert parse_sdp_join("v=0", {"learner": "Ann"}).names == ("Ann",)
    assert parse_socket_join({"learner": "Ann", "annotated": "true"}).annotated
    for without in (lambda: parse_join(json.dumps({**OFFER, "learner": None})),):
        with pytest.raises(BadLearner):
            without()
    with pytest.raises(BadMessage):
        parse_sdp_join("v=0", {})
    with pytest.raises(BadMessage):
        parse_socket_join({})
