"""What a learner may ask of a class, and what only its teacher may."""

from __future__ import annotations

from typing import Any

import pytest

from rtc_server.classes.seats import LearnerSeat, TeacherSeat
from rtc_server.errors import OutOfOrder
from rtc_server.protocol.class_messages import (
    Admit,
    ClassMessage,
    Refuse,
    SendCue,
    SetClassWishes,
    ShowHand,
)
from rtc_server.protocol.client_messages import Start, Stop
from rtc_server.sync.player import Player
from tests.unit.rtc_server.classes.people import Clock, join, make_room, summary
from tests.unit.rtc_server.classes.test_class_clock import FakePeer, Screen


@pytest.mark.parametrize(
    "message",
    [
        *(SendCue("rest", None, None), Admit(0), Refuse(0), ShowHand(False, 0)),
        SetClassWishes(None, None, True),
    ],
)
async def test_a_learner_does_nothing_that_is_the_teachers(message: ClassMessage) -> None:
    room = make_room(Clock())
    member, seat = join(room, "Ann")
    with pytest.raises(OutOfOrder):
        LearnerSeat(room, member).handle(message)
    assert "cue" not in {told["type"] for told in seat.told}
    assert seat.ended is None


@pytest.mark.parametrize(
    "message", [ShowHand(True, None), ShowHand(True, 0), SetClassWishes(True, None, None)]
)
async def test_a_teacher_raises_no_hand_and_is_on_no_leaderboard(message: ClassMessage) -> None:
    room = make_room(Clock())
    join(room, "Ann")
    with pytest.raises(OutOfOrder):
        TeacherSeat(room).handle(message)


async def test_a_learner_says_what_they_want() -> None:
    room = make_room(Clock())
    member, _ = join(room, "Ann")
    seat = LearnerSeat(room, member)
    seat.handle(SetClassWishes(True, None, None))
    seat.handle(ShowHand(True, None))
    assert member.on_leaderboard
    assert member.hand_since_s is not None
    TeacherSeat(room).handle(ShowHand(False, member.number))
    assert member.hand_since_s is None


async def test_the_teacher_lets_in_and_sends_away() -> None:
    room = make_room(Clock(), admission="ask")
    member, seat = join(room, "Ann")
    teacher = TeacherSeat(room)
    teacher.handle(Admit(member.number))
    assert seat.is_let_in
    teacher.handle(Refuse(member.number))
    assert seat.ended == "refused"


async def test_only_a_live_class_is_kept() -> None:
    room = make_room(Clock())
    TeacherSeat(room).handle(SetClassWishes(None, None, True))
    assert room.keep is False


async def test_the_teachers_commands_are_the_classs_and_stop_ends_it() -> None:
    room = make_room(Clock())
    peer: Any = FakePeer()
    screen: Any = Screen()
    playback = TeacherSeat(room).make_playback(Player(20.0, Clock()), screen, peer)
    room.clock._playback.state = "ready"
    playback.handle(Start(None))
    assert room.clock.state == "counting"
    playback.handle(Stop())
    assert room.clock.end_reason.result() == "class ended"


async def test_a_session_that_was_ended_before_it_began_ends_at_once() -> None:
    room = make_room(Clock())
    member, _ = join(room, "Ann")
    seat = LearnerSeat(room, member)
    seat.end("replaced")
    peer: Any = FakePeer()
    screen: Any = Screen()
    playback = seat.make_playback(Player(20.0, Clock()), screen, peer)
    assert playback.end_reason.result() == "replaced"


async def test_who_goes_leaves_the_place_free() -> None:
    room = make_room(Clock(), max_learners=1)
    member, _ = join(room, "Ann")
    seat = LearnerSeat(room, member)
    member.seat = seat
    seat.on_end("left", summary(0))
    assert seat.is_over
    assert room.members.take_place("Bo", None, None)[0].name == "Bo"
