"""Results wait for a database that is slow or gone; the queue is bounded, losses are counted."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from rtc_server.errors import HistoryOff, HistoryUnavailable
from rtc_server.history import async_store
from rtc_server.history.async_store import AsyncResultStore
from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from rtc_server.metrics import Metrics
from tests.integration.history.postgres import Postgres
from tests.unit.rtc_server.sample_results import make_result
from tests.waiting import PATIENCE_S, wait_until


@pytest.fixture(autouse=True)
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        **{"SAVE_TIMEOUT_S": 0.02, "RETRY_S": 0.1, "MAX_PENDING": 5},
        **{"QUERY_TIMEOUT_S": PATIENCE_S, "CLOSE_TIMEOUT_S": PATIENCE_S},
    }.items():
        monkeypatch.setattr(async_store, name, value)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[AsyncResultStore]:
    async with AsyncResultStore(ResultStore(parse_database_url(url)), Metrics()) as history:
        yield history


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Lock the database, as another process does that writes for long."""
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


def metric(history: AsyncResultStore, name: str) -> float:
    value = history._metrics.registry.get_sample_value(f"tandem_{name}")
    assert value is not None
    return value


async def until_written(history: AsyncResultStore) -> None:
    await wait_until(lambda: metric(history, "results_waiting") == 0)


async def stored_attempts(history: AsyncResultStore, learner: str = "Ann") -> list[int]:
    page = await history.run_sync(lambda store: store.get_page(learner, None, 100))
    return [int(result.attempt, 16) for result in page.results]


@pytest.fixture
def path(tmp_path: object) -> str:
    return f"{tmp_path}/history.sqlite3"


async def test_results_wait_for_a_database_that_was_killed(postgres: Postgres) -> None:
    async with opened(postgres.url()) as history:
        await history.save(make_result(1))
        await until_written(history)
        postgres.stop(signal.SIGQUIT)
        try:
            for k in (2, 3):
                await history.save(make_result(k))
            with pytest.raises(HistoryUnavailable, match=r"answer; try again in a moment$"):
                await stored_attempts(history)
            assert metric(history, "results_waiting") == 2
            assert metric(history, "history_failures_total") >= 1
        finally:
            postgres.start()
        await until_written(history)
        assert await stored_attempts(history) == [3, 2, 1]
        assert metric(history, "results_kept_total") == 3
        assert metric(history, "results_lost_total") == 0


async def test_the_end_of_a_session_waits_for_a_slow_database(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(async_store, "SAVE_TIMEOUT_S", PATIENCE_S)
    async with opened(path) as history:
        with locked(path):
            keeping = asyncio.create_task(history.save(make_result(1)))
            await asyncio.sleep(0.2)
            assert not keeping.done()
        await keeping
        assert await stored_attempts(history) == [1]


async def test_the_end_of_a_session_does_not_wait_for_a_database_that_is_gone(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(async_store, "SAVE_TIMEOUT_S", 2 * PATIENCE_S)
    async with opened(postgres.url()) as history:
        postgres.stop()
        try:
            async with asyncio.timeout(PATIENCE_S):
                for k in (1, 2):
                    await history.save(make_result(k))
            assert metric(history, "results_waiting") == 2
        finally:
            postgres.start()
        await until_written(history)


async def test_a_full_queue_loses_the_oldest_result_and_reports_it(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(path) as history:
        with locked(path):
            for k in range(8):
                await history.save(make_result(k))
        await until_written(history)
        assert await stored_attempts(history) == [7, 6, 5, 4, 0]  # the first was at work
        assert metric(history, "results_lost_total") == 3
    assert "a result of session 00000000 is lost: 5 are waiting" in caplog.text
    assert "Ann" not in caplog.text


async def test_deleting_covers_results_that_wait(path: str) -> None:
    async with opened(path) as history:
        with locked(path):
            for k, learner in enumerate(("Ann", "Ben", "Ann")):
                await history.save(make_result(k, learner))
            forgetting = asyncio.create_task(history.delete_learner("Ann"))
            await asyncio.sleep(0.05)
        await forgetting
        await until_written(history)
        assert await stored_attempts(history, "Ann") == []
        assert await stored_attempts(history, "Ben") == [1]


async def test_a_server_that_stops_waits_briefly_and_counts_lost_results(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(async_store, "CLOSE_TIMEOUT_S", 0.1)
    store = ResultStore(parse_database_url(path))
    with locked(path):
        async with AsyncResultStore(store, Metrics()) as history:
            for k in (1, 2):
                await history.save(make_result(k))
    assert metric(history, "results_lost_total") == 2


async def test_a_result_that_no_database_takes_does_not_block_others(path: str) -> None:
    async with opened(path) as history:
        await history.save(make_result(1, title="half a surrogate: \ud800"))
        await history.save(make_result(2))
        await until_written(history)
        assert await stored_attempts(history) == [2]
        assert metric(history, "results_lost_total") == 1


async def test_without_a_name_or_samples_nothing_is_stored(path: str) -> None:
    async with opened(path) as history:
        await history.save(make_result(1, learner=None))
        await history.save(make_result(2, samples=0))
        await history.save(make_result(3, samples=1, complete=False))
        await until_written(history)
        assert (
            len((await history.run_sync(lambda store: store.get_page(None, None, 9))).results) == 1
        )


async def test_too_many_queries_are_refused(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(async_store, "MAX_QUERIES", 3)
    async with opened(path) as history:
        asked = await asyncio.gather(
            *(stored_attempts(history) for _ in range(5)), return_exceptions=True
        )
        assert [type(answer) for answer in asked] == [list] * 3 + [HistoryUnavailable] * 2
        assert await stored_attempts(history) == []


async def test_a_disabled_history_stores_nothing() -> None:
    async with AsyncResultStore(None, Metrics()) as history:
        await history.save(make_result(1))
        assert await history.get_previous(make_result(2)) is None
        with pytest.raises(HistoryOff, match="keeps no results"):
            await stored_attempts(history)
