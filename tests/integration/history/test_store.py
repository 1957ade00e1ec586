"""Results are stored, found in order and deleted, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from rtc_server.errors import UnknownResult
from rtc_server.history.results import Result
from rtc_server.history.store import (
    LEADERBOARD_SIZE,
    ResultStore,
    _is_of,
    leaderboard_query,
    newest_first,
)
from rtc_server.history.tables import VERSION_TABLE, metadata, results
from tests.unit.rtc_server.sample_results import make_result

NAMES = ("Ann", "ann", "김하늘", "Ö'Neil; DROP TABLE x --", "a/b%2F?&", "💃🏽")


def list_all(
    store: ResultStore, learner: str | None = "Ann", lesson: str | None = None
) -> list[Result]:
    """Every page, three results each."""
    found, after = [], None
    while True:
        page = store.get_page(learner, lesson, 3, after)
        found += page.results
        if (after := page.next) is None:
            return found


def columns_with(store: ResultStore, text: str) -> list[tuple[str, str]]:
    """The columns of all tables that contain the text."""
    found = []
    with store._engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            columns = sa.inspect(connection).get_columns(table)
            for name in (column["name"] for column in columns):
                cell = sa.cast(sa.column(name), sa.Text)
                query = sa.select(sa.func.count()).select_from(sa.table(table))
                if connection.scalar(query.where(cell.contains(text))):
                    found.append((table, name))
    return found


def test_a_result_comes_back_as_it_was(store: ResultStore) -> None:
    kept = make_result(1, "김하늘", verdict="„Good“ \\ 100 %", grade=None, timing=None)
    store.save(kept)
    assert store.get(kept.attempt) == kept
    assert store.get_by_session(kept.session) == kept


def test_a_figure_that_is_not_a_number_is_stored_as_null(store: ResultStore) -> None:
    store.save(make_result(1, lag_ms=float("nan")))
    assert store.get(make_result(1).attempt).summary["lag_ms"] is None


def test_an_unknown_id_is_refused(store: ResultStore) -> None:
    for ask in (store.get, store.get_by_session):
        with pytest.raises(UnknownResult, match="got '77'"):
            ask("77")


def test_an_attempt_that_was_resumed_is_stored_once(store: ResultStore) -> None:
    store.save(make_result(1, session="a" * 32, score=20.0, complete=False, ended_at_s=1.7e9 + 100))
    store.save(make_result(1, session="b" * 32, score=60.0, ended_at_s=1.7e9 + 200))
    (kept,) = list_all(store)
    assert (kept.session, kept.summary["score"]) == ("b" * 32, 60.0)
    assert [result.summary["score"] for result in store.get_leaderboard("demo")] == [60.0]


def test_an_earlier_session_that_is_saved_later_changes_nothing(store: ResultStore) -> None:
    store.save(make_result(1, session="b" * 32, score=60.0, ended_at_s=1.7e9 + 200))
    store.save(make_result(1, session="a" * 32, score=20.0, ended_at_s=1.7e9 + 100))
    (kept,) = list_all(store)
    assert (kept.session, kept.summary["score"]) == ("b" * 32, 60.0)


def test_pages_give_each_result_once_and_the_newest_first(store: ResultStore) -> None:
    for k in range(10):
        store.save(make_result(k, ended_at_s=1.7e9 + k // 4))  # four at the same moment
        store.save(make_result(100 + k, "Ben"))
    assert [int(result.attempt, 16) for result in list_all(store)] == list(reversed(range(10)))
    assert len(list_all(store, None)) == 20


def test_a_result_that_is_saved_between_two_pages_does_not_shift_them(store: ResultStore) -> None:
    for k in range(6):
        store.save(make_result(k))
    page = store.get_page("Ann", None, 3)
    store.save(make_result(99))
    following = store.get_page("Ann", None, 3, page.next)
    assert [int(result.attempt, 16) for result in following.results] == [2, 1, 0]
    assert following.next is None


def test_a_list_can_be_of_one_lesson(store: ResultStore) -> None:
    for k, lesson in enumerate(["demo", "tango", "demo"]):
        store.save(make_result(k, lesson=lesson))
    assert [int(result.attempt, 16) for result in list_all(store, lesson="demo")] == [2, 0]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_compared_letter_by_letter(store: ResultStore, name: str) -> None:
    for k, each in enumerate(NAMES):
        store.save(make_result(k, each))
    assert [result.learner for result in list_all(store, name)] == [name]


def test_the_previous_result_is_the_last_of_that_learner_and_lesson(store: ResultStore) -> None:
    for k in (1, 2, 5):
        store.save(make_result(k, score=50.0 + k))
    store.save(make_result(3, "Ben"))
    store.save(make_result(4, lesson="tango"))
    before = store.get_previous(make_result(5))
    assert before is not None and before.summary["score"] == 52.0
    while_it_runs = store.get_previous(make_result(9, ended_at_s=None))
    assert while_it_runs is not None and while_it_runs.summary["score"] == 55.0
    assert store.get_previous(make_result(1)) is None


def test_the_leaderboard_has_each_learners_best_and_of_equal_ones_the_first(
    store: ResultStore,
) -> None:
    scores = [("Ann", 50.0), ("Ben", 70.0), ("Ann", 70.0), ("Cem", 70.0), ("Ann", 70.0)]
    for k, (learner, score) in enumerate(scores):
        store.save(make_result(k, learner, score=score))
    store.save(make_result(10, "Dan", score=99.0, complete=False))
    store.save(make_result(11, "Eva", score=99.0, grade=None))
    store.save(make_result(12, "Fay", score=99.0, lesson="tango"))
    board = store.get_leaderboard("demo")
    assert [(result.learner, int(result.attempt, 16)) for result in board] == [
        ("Ben", 1), ("Ann", 2), ("Cem", 3),
    ]  # fmt: skip


def test_the_leaderboard_has_a_maximum_size(store: ResultStore) -> None:
    for k in range(LEADERBOARD_SIZE + 5):
        store.save(make_result(k, f"learner {k}", score=50.0 + k))
    board = store.get_leaderboard("demo")
    assert [result.summary["score"] for result in board] == [
        74.0 - k for k in range(LEADERBOARD_SIZE)
    ]


def test_a_deleted_learner_is_in_no_row_of_any_table(store: ResultStore) -> None:
    for k in range(5):
        store.save(make_result(k, "Forget-me"))
        store.save(make_result(10 + k, "Forget-me-not"))
    assert ("tandem_results", "learner") in columns_with(store, "Forget-me")
    assert store.delete_learner("Forget-me") == 5
    assert store.get_page("Forget-me", None, 10).results == []
    assert {result.learner for result in store.get_leaderboard("demo")} == {"Forget-me-not"}
    assert store.delete_learner("Forget-me-not") == 5
    assert columns_with(store, "Forget-me") == []
    assert store.delete_learner("Forget-me") == 0


def test_the_leaderboard_uses_an_index(store: ResultStore) -> None:
    for k in range(30):
        store.save(make_result(k, f"learner {k % 4}"))
    query = leaderboard_query("demo").compile(store._engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if store._is_sqlite else "EXPLAIN"
    with store._engine.connect() as connection:
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {query}"))
    for name in ("tandem_results_best", "tandem_results_best_of_learner"):
        assert f"{name} " in plan, plan
    assert "Seq Scan" not in plan and "SCAN" not in plan and "Sort" not in plan, plan


def test_the_migrations_create_the_tables_that_the_queries_use(store: ResultStore) -> None:
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        indexes = sa.inspect(connection).get_indexes(results.name)
        assert {index["name"] for index in indexes} == {index.name for index in results.indexes}


OWNERS = ("a" * 32, "b" * 32)


def test_two_invited_learners_of_one_name_are_kept_apart(store: ResultStore) -> None:
    for k, owner in enumerate((*OWNERS, None), 1):
        store.save(make_result(k, owner=owner, score=50.0 + k))
        store.save(make_result(10 + k, owner=owner, score=60.0 + k, lesson="tango"))
    one, other = OWNERS
    assert {found.owner for found in store.get_page("Ann", None, 9, owner=one).results} == {one}
    assert len(store.get_page("Ann", None, 9).results) == 6
    assert store.get_page("Bob", None, 9, owner=one).results == []
    attempt, session = make_result(2).attempt, make_result(2).session
    assert store.get(attempt, other) == store.get_by_session(session, other) == store.get(attempt)
    for ask, id in ((store.get, attempt), (store.get_by_session, session)):
        with pytest.raises(UnknownResult):
            ask(id, one)
    for owner in (one, other, None):
        before = store.get_previous(make_result(99, owner=owner))
        assert before is not None and before.owner == owner
    board = store.get_leaderboard("demo")
    assert [found.owner for found in board] == [None, other, one]
    assert store.delete_learner("Ann", one) == 2
    assert store.delete_learner("Bob", other) == 0
    assert {found.owner for found in store.get_page("Ann", None, 9).results} == {other, None}


def test_how_results_of_an_owner_are_found_depends_on_nobody_else(store: ResultStore) -> None:
    """By the index of owners, whatever the name: its time tells nothing of other people's names."""
    for k in range(300):
        store.save(make_result(k, "Ann" if k % 3 else "Bob", owner=OWNERS[k % 2]))
    query = sa.select(results).where(_is_of("Ann", OWNERS[0])).order_by(*newest_first).limit(51)
    with store._engine.connect() as connection:
        sql = query.compile(connection, compile_kwargs={"literal_binds": True})
        if not store._is_sqlite:  # of 300 rows it would read all
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if store._is_sqlite else "EXPLAIN"
        plan = str(connection.exec_driver_sql(f"{explain} {sql}".replace("%", "%%")).all())
    assert "tandem_results_owner" in plan and "tandem_results_learner" not in plan
