"""The roster: ten learners a message, who needs help first."""

from __future__ import annotations

from typing import Any

from rtc_server.classes.members import Member
from rtc_server.classes.roster import build_entry, build_roster, find_weakest, sort_by_need
from rtc_server.protocol.server_messages import to_json
from tests.unit.rtc_server.classes.people import FakeSeat, sample

SOMEBODY: Any = [[0.5, 0.5]] * 18
NOW_S = 10.0


def member(number: int, score: float | None, *, hand: bool = False, seen: bool = True) -> Member:
    one = Member(number, f"learner {number}", None, is_let_in=True)
    one.seat, one.is_open = FakeSeat(), True
    one.pose = SOMEBODY if seen else None
    one.scored = None if score is None else sample(score)
    one.hand_since_s = NOW_S if hand else None
    return one


def turn(members: list[Member]) -> list[Any]:
    entries = [build_entry(one, NOW_S, 5.0) for one in members]
    return [*build_roster(7, entries, lesson_s=8.211, hardest=None, target=SOMEBODY)]


def test_ten_learners_are_in_a_message_and_it_says_which() -> None:
    messages = turn([member(k, 50.0) for k in range(23)])
    assert [(m["from"], m["of"], len(m["learners"])) for m in messages] == [
        *((0, 23, 10), (10, 23, 10), (20, 23, 3))
    ]
    assert {m["seq"] for m in messages} == {7}
    assert all(len(to_json(message)) < 16_000 for message in messages)


def test_a_class_without_learners_has_one_message() -> None:
    (message,) = turn([])
    assert message["learners"] == []
    assert message["score"] is None


def test_who_needs_help_comes_first() -> None:
    members = [
        *(member(0, 80), member(1, 20), member(2, 90, hand=True), member(3, 70, seen=False)),
        member(4, None),
    ]
    order = [e["learner"] for e in sort_by_need([build_entry(m, NOW_S, 5.0) for m in members])]
    assert order == [2, 3, 1, 0, 4]


def test_the_score_is_the_mean_of_those_who_are_scored() -> None:
    away = member(9, 0.0)
    away.seat = None
    (message,) = turn([member(0, 80), member(1, 60), member(2, None), away])
    assert message["score"] == 70.0
    assert [e["session"] for e in message["learners"]].count("away") == 1


def test_the_weakest_limb_is_named_only_if_it_is_weak() -> None:
    assert find_weakest({"left_arm": 0.5, "head": 0.2, "torso": None}) == "head"
    assert find_weakest({"left_arm": 0.95}) is None
    assert find_weakest(None) is None
