"""What may be said in a class, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rtc_server.errors import BadMessage
from rtc_server.protocol.class_messages import (
    CUE_KINDS,
    MAX_CUE_CHARACTERS,
    Admit,
    Refuse,
    SendCue,
    SetClassWishes,
    ShowHand,
)
from rtc_server.protocol.client_messages import parse_control


def parse(message: dict[str, Any]) -> object:
    return parse_control(json.dumps(message))


@pytest.mark.parametrize(
    ("message", "parsed"),
    [
        ({"type": "hand", "up": True}, ShowHand(True)),
        ({"type": "hand", "up": False, "learner": 3}, ShowHand(False, 3)),
        ({"type": "cue", "cue": "rest"}, SendCue("rest", None, None)),
        ({"type": "cue", "text": " once more "}, SendCue(None, "once more", None)),
        ({"type": "cue", "text": "<b>팔</b>", "learner": 0}, SendCue(None, "<b>팔</b>", 0)),
        ({"type": "admit", "learner": 3}, Admit(3)),
        ({"type": "refuse", "learner": 3}, Refuse(3)),
        ({"type": "class", "leaderboard": True}, SetClassWishes(True, None, None)),
        ({"type": "class", "keep": False}, SetClassWishes(None, None, False)),
        ({"type": "class"}, SetClassWishes(None, None, None)),
    ],
)
def test_messages_of_a_class_are_parsed(message: dict[str, Any], parsed: object) -> None:
    assert parse(message) == parsed


@pytest.mark.parametrize(
    "message",
    [
        {"type": "hand"},
        {"type": "hand", "up": 1},
        {"type": "cue"},
        {"type": "cue", "cue": "rest", "text": "rest"},
        {"type": "cue", "cue": "jump"},
        {"type": "cue", "text": "   "},
        {"type": "cue", "text": "two\nlines"},
        {"type": "cue", "text": "a\u2028b"},
        {"type": "cue", "text": "bell\u0007"},
        {"type": "cue", "text": 5},
        {"type": "cue", "text": "a" * (MAX_CUE_CHARACTERS + 1)},
        {"type": "cue", "text": "a" * 100_000},
        {"type": "cue", "cue": "rest", "learner": -1},
        {"type": "admit"},
        {"type": "admit", "learner": "Ann"},
        {"type": "class", "keep": "yes"},
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(message: dict[str, Any]) -> None:
    with pytest.raises(BadMessage, match="expected"):
        parse(message)


def test_every_cue_of_the_list_may_be_sent_and_a_text_of_the_greatest_length() -> None:
    for cue in CUE_KINDS:
        assert parse({"type": "cue", "cue": cue}) == SendCue(cue, None, None)
    assert parse({"type": "cue", "text": "가" * MAX_CUE_CHARACTERS})
