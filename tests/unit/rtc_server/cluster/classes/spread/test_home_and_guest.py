"""Learners on another host are in the class as those on its own are."""

from __future__ import annotations

import pytest

from rtc_server.classes.errors import ClassFull, NameTaken
from rtc_server.cluster.classes.spread.home_class import SILENT_S
from rtc_server.cluster.classes.spread.remote_seat import MAX_NOTES
from rtc_server.cluster.classes.spread.visit import MAX_SAMPLES
from rtc_server.protocol.class_messages import SendCue
from tests.unit.rtc_server.classes.people import FakeSeat, join, sample, summary
from tests.unit.rtc_server.classes.test_hand_raise import DOWN, UP
from tests.unit.rtc_server.cluster.classes.spread.two_hosts import TwoHosts


async def test_a_learner_on_another_host_comes_in_and_is_told_of_the_class() -> None:
    two = TwoHosts()
    visit, bo = two.join("Bo")
    _, ann = join(two.room, "Ann")
    await two.exchange()
    assert bo.is_let_in and visit.member.is_let_in
    two.room.tell_status()
    await two.tell()
    assert bo.last("class")["learners"] == ["Bo", "Ann"]
    assert (bo.last("class")["learner"], ann.last("class")["learner"]) == (0, 1)
    two.guest.tell_one(bo, visit.member, again=True)
    assert len(bo.told) >= 2


async def test_names_and_places_count_the_learners_of_all_hosts() -> None:
    two = TwoHosts(max_learners=2)
    two.join("Bo")
    with pytest.raises(NameTaken):
        two.room.members.take_place("Bo", None, None)
    join(two.room, "Ann")
    with pytest.raises(NameTaken):
        two.join("Ann")
    with pytest.raises(ClassFull):
        two.join("Cy")


async def test_who_asks_to_come_in_waits_on_another_host_too() -> None:
    two = TwoHosts(admission="ask")
    visit, bo = two.join("Bo")
    two.room.on_teacher(teacher := FakeSeat())
    await two.exchange()
    two.room.tell_status()
    assert not bo.is_let_in
    assert teacher.last("class")["waiting"] == [{"learner": 0, "name": "Bo"}]
    two.room.let_in(two.room.members.find(0))
    await two.tell()
    assert bo.is_let_in and visit.member.is_let_in
    two.room.refuse(two.room.members.find(0))
    await two.tell()
    assert bo.ended == "refused" and not visit.member.is_let_in


async def test_samples_and_pictures_come_to_the_roster_and_the_report() -> None:
    two = TwoHosts()
    visit, _ = two.join("Bo")
    two.room.on_teacher(teacher := FakeSeat())
    await two.exchange()
    two.guest.set_wishes(visit.member, leaderboard=True, picture=True)
    for _ in range(3):
        two.guest.on_sample(visit.member, sample(None, pose=UP, target=UP), 4 / 3)
    visit.member.snapshots.newest = "picture"
    two.update()
    two.room.take_turn()
    (entry,) = teacher.rosters[-1]["learners"]
    assert entry["name"] == "Bo" and entry["connection"] == "slow"
    assert entry["pose"] is not None and entry["picture"] == "picture"
    assert two.room.members.find(0).on_leaderboard


async def test_a_hand_goes_up_and_down_on_another_host() -> None:
    two = TwoHosts()
    visit, bo = two.join("Bo")
    two.room.on_teacher(teacher := FakeSeat())
    await two.exchange()
    two.guest.set_hand(visit.member, is_up=True)
    assert two.guest.changed.is_set()
    await two.exchange()
    assert teacher.last("hand")["up"] and bo.last("hand")["up"]
    two.room.set_hand(two.room.members.find(0), is_up=False)
    await two.tell()
    assert not bo.last("hand")["up"]
    for _ in range(20):
        two.now.now_s += 0.1
        two.guest.on_sample(visit.member, sample(None, pose=UP, target=DOWN), 4 / 3)
    await two.exchange()
    assert teacher.last("hand")["up"]


async def test_a_summary_comes_to_the_report_and_the_place_is_free() -> None:
    two = TwoHosts(max_learners=1)
    visit, seat = two.join("Bo")
    await two.exchange()
    two.guest.on_learner_end(visit.member, seat, summary(40, 81.0))
    two.update()
    assert len(two.guest) == 0
    assert two.room.report()["learners"][0]["score"] == 81.0
    two.join("Cy")


async def test_what_came_twice_counts_once() -> None:
    """An answer was lost: the guest host sends its update again, the home host its news."""
    two = TwoHosts()
    visit, bo = two.join("Bo")
    await two.exchange()
    two.guest.on_sample(visit.member, sample(None), 4 / 3)
    update = two.guest.take_update()
    two.home.update(update)
    two.home.update(update)
    assert len(two.room.members.find(0).sample_times_s) == 1
    two.room.send_cue(SendCue("rest", None, None))
    lost = await two.home.wait_for_news("w2", two.guest.confirmed)
    again = await two.home.wait_for_news("w2", two.guest.confirmed)
    assert again is lost
    two.guest.take_news(again, 0.0)
    two.guest.take_news(again, 0.0)
    assert [message["type"] for message in bo.told].count("cue") == 1


async def test_a_host_that_is_silent_loses_its_learners_until_it_is_back() -> None:
    two = TwoHosts()
    two.room.on_teacher(FakeSeat())
    _, _ = two.join("Bo")
    _, cy = two.join("Cy")
    await two.exchange()
    two.now.now_s += SILENT_S + 0.1
    two.room.take_turn()
    assert two.room.members.present() == []
    _, elsewhere = join(two.room, "Cy")  # came back on another host
    await two.exchange()
    assert [one.name for one in two.room.members.present()] == ["Bo", "Cy"]
    assert cy.ended == "replaced" and elsewhere.ended is None


async def test_who_comes_back_after_their_host_was_lost_has_their_number() -> None:
    two = TwoHosts()
    two.room.on_teacher(FakeSeat())
    two.join("Bo")
    await two.exchange()
    two.now.now_s += SILENT_S + 0.1
    two.room.take_turn()
    member, before = two.room.members.take_place("Bo", None, "session of Bo")
    assert (member.number, before) == (0, None)
    assert member.is_let_in


async def test_what_waits_is_bounded_and_losses_are_counted() -> None:
    two = TwoHosts()
    visit, _ = two.join("Bo")
    await two.exchange()
    for _ in range(MAX_SAMPLES + 3):
        two.guest.on_sample(visit.member, sample(None), 4 / 3)
    assert visit.samples_lost == 3
    assert len(two.guest.take_update().seats[0].samples) == MAX_SAMPLES
    seat = two.room.members.find(0).seat
    for _ in range(MAX_NOTES + 2):
        assert seat is not None
        seat.tell({"type": "cue", "cue": "rest", "text": None, "to": "you"})
    assert getattr(seat, "notes_lost", 0) == 2


async def test_a_place_that_was_not_used_is_given_back() -> None:
    two = TwoHosts(max_learners=1)
    two.join("Bo")
    two.home.give_back("w2", "session of Bo")
    two.join("Cy")
