"""A host offers what it has recorded, until the front of its machine has it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from rtc_server.classes.live.recording.limits import RecordingSpace
from rtc_server.cluster.classes.recordings import host_recordings
from rtc_server.cluster.classes.recordings.host_recordings import HostRecordings
from rtc_server.cluster.classes.recordings.messages import RecordingAnswer, RecordingOrders
from rtc_server.errors import PreparationFailed, TooManyJobs
from rtc_server.uploads.job import Job
from tests.unit.rtc_server.cluster.classes.recordings.fake_maker import finish

ABSOLUTE = Path("class.webm").absolute()  # for another process


def answer(*answers: RecordingAnswer) -> RecordingOrders:
    return RecordingOrders(10**6, answers)


async def offer(host: HostRecordings) -> tuple[asyncio.Task[Job], int]:
    """A recording that waits, and its number."""
    submitting = asyncio.create_task(host.submit(finish()))
    await asyncio.sleep(0)
    return submitting, host.collect().waiting[-1].number


@pytest.fixture
def host() -> HostRecordings:
    return HostRecordings(RecordingSpace(10**6))


async def test_a_recording_is_in_every_report_until_the_front_has_it(host: HostRecordings) -> None:
    submitting, number = await offer(host)
    assert host.collect() == host.collect()
    assert host.collect().waiting[0].recording == replace(finish(), path=ABSOLUTE)
    host.take_orders(answer(RecordingAnswer(number, "job", "tuesday")))
    assert host.collect().waiting == ()  # at once: else the front would take it again
    job = await submitting
    described = host.describe_job(job)
    assert (described["id"], described["lesson"]) == ("job", "tuesday")
    assert (described["title"], described["state"]) == ("Tuesday", "waiting")


async def test_what_the_front_refuses_is_refused_here_and_may_be_offered_again(
    host: HostRecordings,
) -> None:
    submitting, first = await offer(host)
    host.take_orders(answer(RecordingAnswer(first, refusal=TooManyJobs("wait"))))
    with pytest.raises(TooManyJobs, match="wait"):
        await submitting
    again, second = await offer(host)
    assert second != first
    host.take_orders(answer(RecordingAnswer(first, "late"), RecordingAnswer(second, "job")))
    assert (await again).id == "job"


async def test_a_front_that_takes_nothing_is_not_waited_for_without_end(
    host: HostRecordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_recordings, "TAKE_TIMEOUT_S", 0)
    with pytest.raises(PreparationFailed, match="it did not"):
        await host.submit(finish())
    assert host.collect().waiting == ()


async def test_a_class_that_is_cut_off_offers_nothing_any_more(host: HostRecordings) -> None:
    submitting, number = await offer(host)
    submitting.cancel()
    await asyncio.wait({submitting})
    assert host.collect().waiting == ()
    host.take_orders(answer(RecordingAnswer(number, "job")))  # which changes nothing


async def test_a_host_takes_of_the_disk_what_the_front_leaves_it(host: HostRecordings) -> None:
    assert host.space.take(600)
    assert host.collect().used_bytes == 600
    host.take_orders(RecordingOrders(1000))
    assert host.space.take(400)
    assert not host.space.take(1)
    host.take_orders(RecordingOrders(500))  # others have taken more meanwhile
    host.space.give_back(400)
    assert not host.space.take(1)
