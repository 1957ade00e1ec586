"""Who has a place in a class: joining twice, coming back, and a hundred at once."""

from __future__ import annotations

import pytest

from rtc_server.classes.errors import ClassFull, NameTaken
from rtc_server.classes.members import AWAY_S, ROWS_PER_PLACE, Member, Members
from rtc_server.errors import BadMessage
from tests.unit.rtc_server.classes.people import Clock, FakeSeat, summary


def sit(members: Members, name: str, owner: str | None = None, resume: str | None = None) -> Member:
    member, _ = members.take_place(name, owner, resume)
    member.seat, member.is_open, member.is_let_in = FakeSeat(), True, True
    return member


def test_of_a_hundred_who_come_at_once_as_many_get_in_as_there_are_places() -> None:
    members, refused = Members(20, Clock()), 0
    for k in range(100):
        try:
            sit(members, f"learner {k}")
        except ClassFull:
            refused += 1
    assert len(members.seated()) == 20
    assert refused == 80


def test_a_name_is_one_learners_while_they_are_there() -> None:
    members = Members(20, Clock())
    ann = sit(members, "Ann")
    with pytest.raises(NameTaken):
        members.take_place("Ann", None, None)
    assert ann.seat is not None
    members.leave(ann, ann.seat, has_danced=True)
    again, before = members.take_place("Ann", None, None)
    assert again is ann
    assert before is None


def test_who_takes_the_name_of_somebody_who_has_gone_has_to_be_let_in_anew() -> None:
    members = Members(20, Clock())
    ann = sit(members, "Ann")
    ann.sessions.append("s1")
    assert ann.seat is not None
    members.leave(ann, ann.seat, has_danced=True)
    assert members.take_place("Ann", None, "s1")[0].is_let_in
    assert not members.take_place("Ann", None, "s2")[0].is_let_in


def test_an_invited_learner_takes_the_place_of_their_own_session() -> None:
    members = Members(1, Clock())
    ann = sit(members, "Ann", owner="1f")
    member, before = members.take_place("Ann", "1f", None)
    assert member is ann
    assert before is ann.seat
    with pytest.raises(NameTaken):
        members.take_place("Ann", "2e", None)


def test_who_resumes_their_session_has_their_place() -> None:
    members = Members(1, Clock())
    ann = sit(members, "Ann")
    ann.sessions.append("s1")
    assert members.take_place("Ann", None, "s1") == (ann, ann.seat)
    with pytest.raises(NameTaken):
        members.take_place("Ann", None, "s2")


def test_an_older_session_that_ends_late_takes_nobodys_place() -> None:
    members = Members(1, Clock())
    ann = sit(members, "Ann")
    old, new = ann.seat, FakeSeat()
    ann.seat = new
    assert old is not None
    assert not members.leave(ann, old, has_danced=True)
    assert ann.seat is new


def test_who_never_came_leaves_no_row_and_who_danced_does() -> None:
    clock = Clock()
    members = Members(5, clock)
    never, _ = members.take_place("Bo", None, None)
    never.seat = seat = FakeSeat()
    members.leave(never, seat, has_danced=False)
    assert [*members] == []
    ann = sit(members, "Ann")
    assert ann.seat is not None
    members.leave(ann, ann.seat, has_danced=True)
    assert members.shown() == [ann]
    clock.now_s += AWAY_S
    assert members.shown() == []
    assert [*members] == [ann]


def test_rows_are_bounded_and_those_of_dancers_are_kept() -> None:
    members = Members(1, Clock())
    for k in range(3 * ROWS_PER_PLACE):
        member = sit(members, f"learner {k}")
        assert member.seat is not None
        members.leave(member, member.seat, has_danced=True)
    assert len([*members]) == ROWS_PER_PLACE
    for member in members:
        member.take_summary(summary(5))
    with pytest.raises(ClassFull):
        members.take_place("late", None, None)


def test_a_number_of_nobody_is_refused() -> None:
    members = Members(1, Clock())
    with pytest.raises(BadMessage):
        members.find(0)
    ann = sit(members, "Ann")
    assert members.find(ann.number) is ann
    assert ann.seat is not None
    members.leave(ann, ann.seat, has_danced=True)
    with pytest.raises(BadMessage):
        members.find(ann.number)


def test_of_two_sessions_the_better_counts() -> None:
    member = Member(0, "Ann", None)
    member.take_summary(summary(100, 40))
    member.take_summary(summary(5, 30))
    assert member.summary is not None and member.summary["score"] == 40
    member.take_summary(summary(50, 60))
    assert member.summary["score"] == 60


def test_the_connection_is_what_samples_say() -> None:
    member = Member(0, "Ann", None)
    assert member.connection(10.0, 5.0) == "silent"
    member.sample_times_s.extend([8.0, 9.0, 10.0])
    assert member.connection(10.0, 5.0) == "slow"
    member.sample_times_s.extend(8.0 + k / 5 for k in range(10))
    assert member.connection(10.0, 5.0) == "good"
