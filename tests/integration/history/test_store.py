"""What is kept is found again, in the same order, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from rtc_server.errors import UnknownResult
from rtc_server.history.results import Result
from rtc_server.history.store import BOARD, Store, leaderboard_query
from rtc_server.history.tables import VERSION_TABLE, metadata, results
from tests.unit.rtc_server.kept import result

NAMES = ("Ann", "ann", "김하늘", "Ö'Neil; DROP TABLE x --", "a/b%2F?&", "💃🏽")


def listed(store: Store, learner: str | None = "Ann", lesson: str | None = None) -> list[Result]:
    """Every page, three results each."""
    found, after = [], None
    while True:
        page = store.page(learner, lesson, 3, after)
        found += page.results
        if (after := page.next) is None:
            return found


def rows_with(store: Store, text: str) -> list[tuple[str, str]]:
    """Where in any column of any table the text stands."""
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


def test_a_result_comes_back_as_it_was(store: Store) -> None:
    kept = result(1, "김하늘", verdict="„Good“ \\ 100 %", grade=None, timing=None)
    store.put(kept)
    assert store.get(kept.attempt) == kept
    assert store.of_session(kept.session) == kept


def test_a_figure_that_is_no_number_is_kept_as_unknown(store: Store) -> None:
    store.put(result(1, lag_ms=float("nan")))
    assert store.get(result(1).attempt).summary["lag_ms"] is None


def test_what_is_not_kept_is_unknown(store: Store) -> None:
    for ask in (store.get, store.of_session):
        with pytest.raises(UnknownResult, match="got '77'"):
            ask("77")


def test_an_attempt_that_was_taken_up_again_is_kept_once(store: Store) -> None:
    store.put(result(1, session="a" * 32, score=20.0, complete=False, ended_at_s=1.7e9 + 100))
    store.put(result(1, session="b" * 32, score=60.0, ended_at_s=1.7e9 + 200))
    (kept,) = listed(store)
    assert (kept.session, kept.summary["score"]) == ("b" * 32, 60.0)
    assert [its.summary["score"] for its in store.leaderboard("demo")] == [60.0]


def test_an_earlier_session_that_is_written_later_changes_nothing(store: Store) -> None:
    store.put(result(1, session="b" * 32, score=60.0, ended_at_s=1.7e9 + 200))
    store.put(result(1, session="a" * 32, score=20.0, ended_at_s=1.7e9 + 100))
    (kept,) = listed(store)
    assert (kept.session, kept.summary["score"]) == ("b" * 32, 60.0)


def test_pages_give_each_result_once_and_the_newest_first(store: Store) -> None:
    for k in range(10):
        store.put(result(k, ended_at_s=1.7e9 + k // 4))  # four at the same moment
        store.put(result(100 + k, "Ben"))
    assert [int(its.attempt, 16) for its in listed(store)] == list(reversed(range(10)))
    assert len(listed(store, None)) == 20


def test_what_ends_between_two_pages_moves_none_of_them(store: Store) -> None:
    for k in range(6):
        store.put(result(k))
    page = store.page("Ann", None, 3)
    store.put(result(99))
    following = store.page("Ann", None, 3, page.next)
    assert [int(its.attempt, 16) for its in following.results] == [2, 1, 0]
    assert following.next is None


def test_a_list_can_be_of_one_lesson(store: Store) -> None:
    for k, lesson in enumerate(["demo", "tango", "demo"]):
        store.put(result(k, lesson=lesson))
    assert [int(its.attempt, 16) for its in listed(store, lesson="demo")] == [2, 0]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_what_it_is_letter_by_letter(store: Store, name: str) -> None:
    for k, each in enumerate(NAMES):
        store.put(result(k, each))
    assert [its.learner for its in listed(store, name)] == [name]


def test_the_result_before_is_the_last_of_that_learner_and_lesson(store: Store) -> None:
    for k in (1, 2, 5):
        store.put(result(k, score=50.0 + k))
    store.put(result(3, "Ben"))
    store.put(result(4, lesson="tango"))
    before = store.before(result(5))
    assert before is not None and before.summary["score"] == 52.0
    while_it_runs = store.before(result(9, ended_at_s=None))
    assert while_it_runs is not None and while_it_runs.summary["score"] == 55.0
    assert store.before(result(1)) is None


def test_the_leaderboard_has_each_learners_best_and_of_equal_ones_the_first(store: Store) -> None:
    scores = [("Ann", 50.0), ("Ben", 70.0), ("Ann", 70.0), ("Cem", 70.0), ("Ann", 70.0)]
    for k, (learner, score) in enumerate(scores):
        store.put(result(k, learner, score=score))
    store.put(result(10, "Dan", score=99.0, complete=False))
    store.put(result(11, "Eva", score=99.0, grade=None))
    store.put(result(12, "Fay", score=99.0, lesson="tango"))
    board = store.leaderboard("demo")
    assert [(its.learner, int(its.attempt, 16)) for its in board] == [
        ("Ben", 1), ("Ann", 2), ("Cem", 3),
    ]  # fmt: skip


def test_the_leaderboard_has_so_many_learners_at_most(store: Store) -> None:
    for k in range(BOARD + 5):
        store.put(result(k, f"learner {k}", score=50.0 + k))
    board = store.leaderboard("demo")
    assert [its.summary["score"] for its in board] == [74.0 - k for k in range(BOARD)]


def test_a_learner_who_is_forgotten_is_in_no_row_of_any_table(store: Store) -> None:
    for k in range(5):
        store.put(result(k, "Forget-me"))
        store.put(result(10 + k, "Forget-me-not"))
    assert ("tandem_results", "learner") in rows_with(store, "Forget-me")
    assert store.forget("Forget-me") == 5
    assert store.page("Forget-me", None, 10).results == []
    assert {its.learner for its in store.leaderboard("demo")} == {"Forget-me-not"}
    assert store.forget("Forget-me-not") == 5
    assert rows_with(store, "Forget-me") == []
    assert store.forget("Forget-me") == 0


def test_the_leaderboard_goes_down_an_index(store: Store) -> None:
    for k in range(30):
        store.put(result(k, f"learner {k % 4}"))
    query = leaderboard_query("demo").compile(store._engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if store._is_file else "EXPLAIN"
    with store._engine.connect() as connection:
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {query}"))
    for name in ("tandem_results_best", "tandem_results_best_of_learner"):
        assert f"{name} " in plan, plan
    assert "Seq Scan" not in plan and "SCAN" not in plan and "Sort" not in plan, plan


def test_the_migrations_make_what_the_queries_expect(store: Store) -> None:
    with store._engine.connect() as connection:
        made = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(made, metadata) == []
        indexes = sa.inspect(connection).get_indexes(results.name)
        assert {its["name"] for its in indexes} == {its.name for its in results.indexes}
