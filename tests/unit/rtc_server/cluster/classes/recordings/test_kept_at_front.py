"""A front keeps classes that run on its hosts: who may, and what the report tells."""

from __future__ import annotations

from rtc_server.classes.directory import NewClass
from rtc_server.classes.options import ClassOptions, KeepRight
from rtc_server.cluster.classes.recordings.messages import OfferedRecording, RecordingNews
from rtc_server.errors import UploadsOff
from tests.unit.rtc_server.cluster.classes.fake_front import serving
from tests.unit.rtc_server.cluster.classes.recordings.fake_maker import finish
from tests.waiting import wait_until


async def test_who_may_keep_a_class_the_front_says_which_knows_who_asks() -> None:
    async with serving() as front:
        right = KeepRight(UploadsOff("not from there"), "10.0.0.0/24", "10.0.0.1")
        options = ClassOptions("Tuesday", "live", keep=True)
        room = await front.classes.open(NewClass(options, "a", None, right=right))
        (order,) = front.host_of(room).classes.orders
        assert (order.right, order.options.keep) == (right, True)


async def test_the_report_tells_of_the_lesson_that_a_class_becomes_also_without_its_host() -> None:
    async with serving() as front:
        room = await front.open()
        code, host = room.facts.code, front.host_of(room)
        host.recordings = RecordingNews((OfferedRecording(1, finish(code)),))
        await host.let_report()
        await host.let_report()
        asked = host.requests[-1].recordings
        assert asked is not None
        assert [one.job for one in asked.answers] == ["job 0"]
        assert (await room.report())["kept"]["lesson"] == "lesson-0"
        host.die()
        await wait_until(lambda: host.is_killed)
        known = await front.classes.find_for_teacher(code, "a", lambda _: True)
        assert (await known.report())["kept"]["state"] == "waiting"
