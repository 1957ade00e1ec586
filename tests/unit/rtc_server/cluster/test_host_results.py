"""A session ends once the front has its result."""

from __future__ import annotations

import asyncio

import pytest

from rtc_server.cluster import host_results
from rtc_server.cluster.host_results import HostResults
from tests.unit.rtc_server.sample_results import make_result


async def test_an_end_waits_until_the_front_has_the_result() -> None:
    results = HostResults()
    saving = asyncio.create_task(results.save(make_result(1)))
    await results.added.wait()
    (waiting,) = results.list_waiting()
    assert waiting.result == make_result(1) and not saving.done()
    results.on_kept([waiting.number])
    await saving
    assert len(results) == 0


async def test_a_result_is_in_every_report_until_it_is_confirmed() -> None:
    results = HostResults()
    saving = asyncio.create_task(results.save(make_result(1)))
    await results.added.wait()
    assert results.list_waiting() == results.list_waiting()
    results.on_kept([99])  # of another
    (waiting,) = results.list_waiting()
    results.on_kept([waiting.number])
    await saving


async def test_a_front_that_takes_nothing_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_results, "MAX_RESULTS", 2)
    monkeypatch.setattr(host_results, "SAVE_TIMEOUT_S", 0)
    results = HostResults()
    for number in range(4):
        await results.save(make_result(number))
    assert [one.result for one in results.list_waiting()] == [make_result(2), make_result(3)]
