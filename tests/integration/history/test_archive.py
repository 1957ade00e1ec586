"""Results wait for a database that is slow or gone, in bounded number, and losses are counted."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from rtc_server.errors import HistoryOff, HistoryUnavailable
from rtc_server.history import async_store as archiving
from rtc_server.history.async_store import AsyncStore
from rtc_server.history.database_url import parse_address
from rtc_server.history.store import Store
from rtc_server.metrics import Metrics
from tests.integration.history.postgres import Postgres
from tests.unit.rtc_server.kept import result

PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"KEPT_WITHIN_S": 0.02, "AGAIN_AFTER_S": 0.1, "MOST_WAITING": 5}.items():
        monkeypatch.setattr(archiving, name, value)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[AsyncStore]:
    async with AsyncStore(Store(parse_address(url)), Metrics()) as archive:
        yield archive


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Another process writes for long, as it were."""
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


def counted(archive: AsyncStore, name: str) -> float:
    value = archive._metrics.registry.get_sample_value(f"tandem_{name}")
    assert value is not None
    return value


async def until_written(archive: AsyncStore) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while counted(archive, "results_waiting"):
            await asyncio.sleep(0.02)


async def kept_by(archive: AsyncStore, learner: str = "Ann") -> list[int]:
    page = await archive.ask(lambda store: store.page(learner, None, 100))
    return [int(its.attempt, 16) for its in page.results]


@pytest.fixture
def path(tmp_path: object) -> str:
    return f"{tmp_path}/history.sqlite3"


async def test_results_wait_for_a_database_that_was_killed(postgres: Postgres) -> None:
    async with opened(postgres.url()) as archive:
        await archive.keep(result(1))
        await until_written(archive)
        postgres.stop(signal.SIGQUIT)
        try:
            for k in (2, 3):
                await archive.keep(result(k))
            with pytest.raises(HistoryUnavailable, match=r"answer; try again in a moment$"):
                await kept_by(archive)
            assert counted(archive, "results_waiting") == 2
            assert counted(archive, "history_failures_total") >= 1
        finally:
            postgres.start()
        await until_written(archive)
        assert await kept_by(archive) == [3, 2, 1]
        assert counted(archive, "results_kept_total") == 3
        assert counted(archive, "results_lost_total") == 0


async def test_the_end_of_a_session_waits_for_a_slow_database(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "KEPT_WITHIN_S", PATIENCE_S)
    async with opened(path) as archive:
        with locked(path):
            keeping = asyncio.create_task(archive.keep(result(1)))
            await asyncio.sleep(0.2)
            assert not keeping.done()
        await keeping
        assert await kept_by(archive) == [1]


async def test_the_end_of_a_session_does_not_wait_for_a_database_that_is_gone(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "KEPT_WITHIN_S", 2 * PATIENCE_S)
    async with opened(postgres.url()) as archive:
        postgres.stop()
        try:
            async with asyncio.timeout(PATIENCE_S):
                for k in (1, 2):
                    await archive.keep(result(k))
            assert counted(archive, "results_waiting") == 2
        finally:
            postgres.start()
        await until_written(archive)


async def test_too_many_that_wait_lose_the_oldest_and_it_is_counted(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(path) as archive:
        with locked(path):
            for k in range(8):
                await archive.keep(result(k))
        await until_written(archive)
        assert await kept_by(archive) == [7, 6, 5, 4, 0]  # the first was at work
        assert counted(archive, "results_lost_total") == 3
    assert "a result of session 00000000 is lost: 5 are waiting" in caplog.text
    assert "Ann" not in caplog.text


async def test_what_waits_is_forgotten_too(path: str) -> None:
    async with opened(path) as archive:
        with locked(path):
            for k, learner in enumerate(("Ann", "Ben", "Ann")):
                await archive.keep(result(k, learner))
            forgetting = asyncio.create_task(archive.forget("Ann"))
            await asyncio.sleep(0.05)
        await forgetting
        await until_written(archive)
        assert await kept_by(archive, "Ann") == []
        assert await kept_by(archive, "Ben") == [1]


async def test_a_server_that_stops_waits_a_little_and_counts_what_it_loses(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "CLOSED_WITHIN_S", 0.1)
    store = Store(parse_address(path))
    with locked(path):
        async with AsyncStore(store, Metrics()) as archive:
            for k in (1, 2):
                await archive.keep(result(k))
    assert counted(archive, "results_lost_total") == 2


async def test_a_result_that_no_database_takes_holds_up_no_other(path: str) -> None:
    async with opened(path) as archive:
        await archive.keep(result(1, title="half a surrogate: \ud800"))
        await archive.keep(result(2))
        await until_written(archive)
        assert await kept_by(archive) == [2]
        assert counted(archive, "results_lost_total") == 1


async def test_who_gave_no_name_or_did_nothing_leaves_nothing(path: str) -> None:
    async with opened(path) as archive:
        await archive.keep(result(1, learner=None))
        await archive.keep(result(2, samples=0))
        await archive.keep(result(3, samples=1, complete=False))
        await until_written(archive)
        assert len((await archive.ask(lambda store: store.page(None, None, 9))).results) == 1


async def test_too_many_who_ask_are_refused(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "MOST_ASKING", 3)
    async with opened(path) as archive:
        asked = await asyncio.gather(*(kept_by(archive) for _ in range(5)), return_exceptions=True)
        assert [type(answer) for answer in asked] == [list] * 3 + [HistoryUnavailable] * 2
        assert await kept_by(archive) == []


async def test_an_archive_that_is_off_keeps_nothing() -> None:
    async with AsyncStore(None, Metrics()) as archive:
        await archive.keep(result(1))
        assert await archive.before(result(2)) is None
        with pytest.raises(HistoryOff, match="keeps no results"):
            await kept_by(archive)
