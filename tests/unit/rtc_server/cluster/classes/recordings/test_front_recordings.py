"""A front takes what the hosts of its machine have recorded, each recording once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rtc_server.cluster.classes.recordings.front_recordings import FrontRecordings
from rtc_server.cluster.classes.recordings.messages import OfferedRecording, RecordingNews
from rtc_server.cluster.host_record import HostRecord
from rtc_server.config import Config
from rtc_server.errors import PreparationFailed, TooManyJobs
from rtc_server.lessons.temp_files import LOCK
from tests.unit.rtc_server.cluster.classes.recordings.fake_maker import FakeLessonMaker, finish

MB = 1_000_000


class MachineFront:
    """Of a machine with two hosts."""

    def __init__(self, lessons: Path) -> None:
        self.maker = FakeLessonMaker()
        self.tasks: list[asyncio.Task[None]] = []
        self.one, self.other = HostRecord("w1", 0), HostRecord("w2", 1)
        config = Config(lessons=lessons, recordings_max_mb=10)
        self.recordings = FrontRecordings(config, self.maker, self._spawn, has_others=True)

    def _spawn(self, work: Any) -> None:
        self.tasks.append(asyncio.create_task(work))

    def hear(self, host: HostRecord, *codes: str, used_bytes: int = 0) -> None:
        """A report in which these classes' recordings wait, numbered from 1 on."""
        waiting = (OfferedRecording(k + 1, finish(code)) for k, code in enumerate(codes))
        self.recordings.on_report(host, RecordingNews(tuple(waiting), used_bytes))

    async def finish(self) -> None:
        await asyncio.gather(*self.tasks)


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[MachineFront]:
    one = MachineFront(tmp_path)
    yield one
    await one.finish()


async def test_each_recording_is_taken_once_and_its_host_is_told(front: MachineFront) -> None:
    front.maker.may_read.clear()
    for _ in range(2):  # it is read while the host reports again
        front.hear(front.one, "KRT4MW")
        front.hear(front.other, "WWWWWW")
        assert front.recordings.give_orders(front.one).answers == ()
        await asyncio.sleep(0)
    front.maker.may_read.set()
    await front.finish()
    assert [one.code for one in front.maker.taken] == ["KRT4MW", "WWWWWW"]
    front.hear(front.one, "KRT4MW")  # as of before the answer came
    (answer,) = front.recordings.give_orders(front.one).answers
    assert (answer.number, answer.job, answer.lesson) == (1, "job 0", "lesson-0")
    assert front.recordings.give_orders(front.one).answers == ()
    (answer,) = front.recordings.give_orders(front.other).answers
    assert answer.job == "job 1"
    assert len(front.maker.taken) == 2


@pytest.mark.parametrize(
    "failure, told",
    [(TooManyJobs("4 videos wait"), TooManyJobs), (FileNotFoundError(), PreparationFailed)],
)
async def test_a_host_is_told_why_a_recording_is_not_taken(
    front: MachineFront, failure: Exception, told: type
) -> None:
    front.maker.refusals = [failure]
    front.hear(front.one, "KRT4MW")
    await front.finish()
    (answer,) = front.recordings.give_orders(front.one).answers
    assert isinstance(answer.refusal, told)
    assert not front.recordings.kept.taking


async def test_all_hosts_together_take_as_much_of_the_disk_as_one_process_does(
    front: MachineFront,
) -> None:
    assert front.recordings.give_orders(front.one).max_bytes == 10 * MB
    front.hear(front.one, used_bytes=3 * MB)
    front.hear(front.other, used_bytes=4 * MB)
    assert front.recordings.give_orders(front.one).max_bytes == 6 * MB
    assert front.recordings.give_orders(front.other).max_bytes == 7 * MB
    front.recordings.on_gone(front.other, {""})
    assert front.recordings.give_orders(front.one).max_bytes == 10 * MB


async def test_what_a_host_that_died_left_on_the_disk_is_removed(
    front: MachineFront, tmp_path: Path
) -> None:
    left = tmp_path / ".class~0a1b2c3d"
    (left / "content").mkdir(parents=True)
    (left / "content" / "class.webm").write_bytes(b"danced")
    (left / LOCK).touch()  # which nobody holds any more
    front.recordings.on_gone(front.one, {""})
    await front.finish()
    assert not left.exists()


async def test_fronts_of_other_machines_are_told_what_changes(front: MachineFront) -> None:
    assert front.recordings.give_orders(front.one).jobs is None
    front.hear(front.one, "KRT4MW")
    await front.finish()
    jobs = front.recordings.give_orders(front.one).jobs
    assert jobs is not None
    assert (jobs["KRT4MW"]["state"], jobs["KRT4MW"]["lesson"]) == ("waiting", "lesson-0")
    assert front.recordings.give_orders(front.one).jobs is None
    assert front.recordings.give_orders(front.other).jobs == jobs  # any host tells of it
    front.maker.jobs[0].enter("ready", 1.0)
    jobs = front.recordings.give_orders(front.one).jobs
    assert jobs is not None and jobs["KRT4MW"]["state"] == "ready"


async def test_a_front_that_is_alone_tells_nobody(front: MachineFront) -> None:
    front.recordings._has_others = False
    front.hear(front.one, "KRT4MW")
    await front.finish()
    assert front.recordings.give_orders(front.one).jobs is None


async def test_another_machines_recordings_are_not_taken_but_known(front: MachineFront) -> None:
    theirs = HostRecord("m2w1", 0, machine="dance-2", is_own=False)
    jobs = {"WWWWWW": {"job": "j", "state": "preparing", "lesson": "monday"}}
    offered = OfferedRecording(1, finish("WWWWWW"))
    front.recordings.on_report(theirs, RecordingNews((offered,), jobs=jobs))
    await front.finish()
    assert front.maker.taken == []
    kept = front.recordings.kept
    report = {"code": "WWWWWW", "kept": None}
    assert kept.complete("WWWWWW", report, is_lost=False)["kept"]["lesson"] == "monday"
    front.recordings.on_gone(theirs, {"dance-2"})  # where another host runs
    assert kept.complete("WWWWWW", report, is_lost=False)["kept"]["state"] == "preparing"
    front.recordings.on_gone(theirs, {""})
    assert kept.complete("WWWWWW", report, is_lost=False)["kept"]["state"] == "failed"
