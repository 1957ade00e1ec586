"""What a class does about its people: status, cues, hands, the teacher who goes and comes back."""

from __future__ import annotations

import pytest

from rtc_server.classes.classroom import CUE_LIMIT, HAND_S, HELD_S, MAX_OPEN_S
from rtc_server.classes.errors import TooManyCues
from rtc_server.errors import BadMessage
from rtc_server.protocol.class_messages import SendCue
from tests.unit.rtc_server.classes.people import (
    NOBODY,
    Clock,
    FakeSeat,
    join,
    make_room,
    sample,
    summary,
)
from tests.unit.rtc_server.classes.test_hand_raise import DOWN, UP

WELL_DONE = SendCue("well_done", None, None)


async def test_everybody_is_told_who_is_there() -> None:
    room = make_room(Clock())
    _, ann = join(room, "Ann")
    _, bo = join(room, "Bo")
    room.on_teacher(teacher := FakeSeat())
    for seat in (ann, bo, teacher):
        status = seat.last("class")
        assert (status["present"], status["learners"], status["state"]) == (
            2,
            ["Ann", "Bo"],
            "open",
        )
    assert (ann.last("class")["role"], ann.last("class")["learner"]) == ("learner", 0)
    assert (teacher.last("class")["role"], teacher.last("class")["learner"]) == ("teacher", None)


async def test_what_has_not_changed_is_not_told_again() -> None:
    clock = Clock()
    room = make_room(clock)
    _, ann = join(room, "Ann")
    room.on_teacher(FakeSeat())
    count = len(ann.told)
    for _ in range(6):
        clock.now_s += 0.5
        room.take_turn()
    assert len(ann.told) == count


async def test_who_asks_to_come_in_waits_for_the_teacher() -> None:
    room = make_room(Clock(), admission="ask")
    member, ann = join(room, "Ann")
    room.on_teacher(teacher := FakeSeat())
    assert not ann.is_let_in
    assert ann.last("class")["admitted"] is False
    assert ann.last("class")["waiting"] == []
    assert teacher.last("class")["waiting"] == [{"learner": 0, "name": "Ann"}]
    room.let_in(member)
    room.tell_status()
    assert ann.is_let_in
    assert teacher.last("class")["waiting"] == []
    room.refuse(member)
    assert ann.ended == "refused"


async def test_a_second_teacher_takes_the_place_of_the_first() -> None:
    room = make_room(Clock())
    room.on_teacher(first := FakeSeat())
    room.on_teacher(second := FakeSeat())
    assert first.ended == "replaced"
    room.on_teacher_gone(first)
    assert room.state == "open"
    assert room.teacher is second


async def test_without_its_teacher_a_class_is_held_and_ends_after_ten_minutes() -> None:
    clock = Clock()
    room = make_room(clock)
    _, ann = join(room, "Ann")
    room.on_teacher(teacher := FakeSeat())
    clock.now_s += 2 * HELD_S
    room.take_turn()
    room.on_teacher_gone(teacher)
    assert (room.state, ann.last("class")["ends_in_s"]) == ("held", HELD_S)
    clock.now_s += HELD_S - 1
    room.take_turn()
    assert room.state == "held"
    clock.now_s += 2
    room.take_turn()
    assert room.clock.end_reason.result() == "class ended"
    assert room.state == "ended"


async def test_no_class_lasts_for_ever() -> None:
    clock = Clock()
    room = make_room(clock)
    room.on_teacher(FakeSeat())
    clock.now_s += MAX_OPEN_S + 1
    room.take_turn()
    assert room.clock.is_ended


async def test_a_cue_goes_to_all_who_are_in_or_to_one() -> None:
    room = make_room(Clock())
    (ann, one), (_, two) = join(room, "Ann"), join(room, "Bo")
    room.send_cue(WELL_DONE)
    assert (
        one.last("cue")
        == two.last("cue")
        == {**{"type": "cue", "cue": "well_done", "text": None, "to": "all"}}
    )
    room.send_cue(SendCue(None, "<b>once more</b>", ann.number))
    assert one.last("cue")["text"] == "<b>once more</b>"  # text, and no markup
    assert one.last("cue")["to"] == "you"
    assert two.last("cue")["cue"] == "well_done"
    assert ann.cues == 2


async def test_cues_have_a_rate_and_go_to_nobody_who_is_not_there() -> None:
    clock = Clock()
    room = make_room(clock)
    join(room, "Ann")
    with pytest.raises(BadMessage):
        room.send_cue(SendCue("rest", None, 9))
    for _ in range(int(CUE_LIMIT.burst)):
        room.send_cue(WELL_DONE)
    with pytest.raises(TooManyCues):
        room.send_cue(WELL_DONE)
    clock.now_s += 1.0
    room.send_cue(WELL_DONE)


async def test_who_waits_to_be_let_in_hears_no_cue() -> None:
    room = make_room(Clock(), admission="ask")
    _, ann = join(room, "Ann")
    room.send_cue(WELL_DONE)
    assert "cue" not in {message["type"] for message in ann.told}


async def test_both_hands_held_up_raise_a_hand_that_does_not_stay_for_ever() -> None:
    clock = Clock()
    room = make_room(clock)
    room.on_teacher(teacher := FakeSeat())
    member, ann = join(room, "Ann")
    for _ in range(10):
        clock.now_s += 0.2
        room.on_sample(member, sample(None, pose=UP, target=DOWN), 4 / 3)
    assert ann.last("hand") == teacher.last("hand")
    assert ann.last("hand")["up"] is True
    clock.now_s += HAND_S + 1
    room.take_turn()
    assert teacher.last("hand")["up"] is False
    assert member.hands == 1


async def test_the_teacher_sees_everybody_twice_a_second() -> None:
    clock = Clock()
    room = make_room(clock)
    room.on_teacher(teacher := FakeSeat())
    for k in range(12):
        member, _ = join(room, f"learner {k}")
        room.on_sample(member, sample(None, pose=UP, target=NOBODY), 4 / 3)
    room.take_turn()
    room.take_turn()
    assert [len(message["learners"]) for message in teacher.rosters] == [10, 2, 10, 2]
    assert teacher.rosters[0]["target"] is not None
    assert all(entry["pose"] is not None for entry in teacher.rosters[0]["learners"])


async def test_scores_count_only_while_the_class_plays() -> None:
    room = make_room(Clock())
    member, _ = join(room, "Ann")
    room.on_sample(member, sample(80.0), 4 / 3)
    assert member.mean_score() is None
    room.clock._playback.state = "playing"
    room.on_sample(member, sample(80.0), 4 / 3)
    room.on_sample(member, sample(60.0), 4 / 3)
    assert member.mean_score() == 70.0
    assert room.progress.passages()[0]["score"] == 70.0


async def test_a_leaderboard_has_only_those_who_want_to_be_on_it() -> None:
    room = make_room(Clock(), leaderboard=True)
    (ann, one), (bo, _) = join(room, "Ann"), join(room, "Bo")
    for member, score in ((ann, 60.0), (bo, 90.0)):
        member.total = (score, 1)
    ann.on_leaderboard = True
    room.tell_status()
    assert one.last("class")["leaderboard"] == [{"name": "Ann", "score": 60}]
    assert one.last("class")["on_leaderboard"] is True
    assert make_room(Clock()).options.leaderboard is False


async def test_the_report_has_everybody_who_danced_also_those_who_have_gone() -> None:
    room = make_room(Clock())
    (ann, one), _ = join(room, "Ann"), join(room, "Bo")
    room.on_learner_end(ann, one, summary(20, 66.0))
    report = room.report()
    assert [(row["name"], row["score"]) for row in report["learners"]] == [
        *(("Ann", 66.0), ("Bo", None))
    ]
    assert report["complete"] is False
    assert report["learners"][0]["left_at"] is not None
