"""A database that cannot be used is refused with a sentence that says what to do."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from rtc_server import cli
from rtc_server.errors import BadConfig, BadHistory
from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from rtc_server.history.tables import VERSION_TABLE
from tests.unit.rtc_server.sample_results import make_result

NOWHERE = "postgresql://tandem:secret@127.0.0.1:1/tandem?connect_timeout=2&sslpassword=secret"


def refusal(url: str) -> str:
    with pytest.raises(BadHistory) as refused:
        ResultStore(parse_database_url(url))
    return str(refused.value)


def test_a_database_of_a_newer_version_is_refused_and_not_changed(url: str) -> None:
    store = ResultStore(parse_database_url(url))
    store.save(make_result(1))
    with store._engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    said = refusal(url)
    assert "a newer Tandem wrote it (version 9999, this one knows 0002); update Tandem" in said
    assert store.get(make_result(1).attempt) == make_result(1)
    store.close()


def test_a_database_is_opened_again_and_again(url: str) -> None:
    for k in range(3):
        store = ResultStore(parse_database_url(url))
        store.save(make_result(k))
        assert len(store.get_page("Ann", None, 10).results) == k + 1
        store.close()


def test_a_file_that_another_server_is_making_is_waited_for(tmp_path: Path) -> None:
    """SQLite itself says at once that it is locked, instead of waiting until it is not."""
    path = tmp_path / "history.sqlite3"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    ends = threading.Timer(0.3, other.execute, ["COMMIT"])
    ends.start()
    store = ResultStore(parse_database_url(str(path)))
    assert not other.in_transaction
    store.save(make_result(1))
    store.close()
    ends.join()
    other.close()


def test_servers_that_start_at_once_migrate_the_tables_once(url: str) -> None:
    begin, stores, errors = threading.Barrier(4), [], []

    def open_it() -> None:
        begin.wait()
        try:
            stores.append(ResultStore(parse_database_url(url)))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for k, store in enumerate(stores):
        store.save(make_result(k))
    assert len(stores[0].get_page("Ann", None, 10).results) == 4
    for store in stores:
        store.close()


@pytest.mark.parametrize("part", [0.0, 0.5], ids=["from the start", "in the middle"])
def test_a_broken_file_is_refused_and_not_changed(tmp_path: Path, part: float) -> None:
    path = tmp_path / "history.sqlite3"
    store = ResultStore(parse_database_url(str(path)))
    for k in range(60):
        store.save(make_result(k))
    store.close()
    broken = bytearray(path.read_bytes())
    first = round(part * len(broken))
    broken[first : first + 8000] = b"nonsense" * 1000
    path.write_bytes(broken)
    said = refusal(str(path))
    assert said.startswith(f"{path}: the history cannot be opened (")
    assert "move it away to begin a new one" in said
    assert path.read_bytes() == broken


def test_a_file_of_another_program_is_refused_and_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "theirs.sqlite3"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE bookmarks (url TEXT)")
    theirs.close()
    assert "holds other tables (bookmarks, …)" in refusal(str(path))
    with sqlite3.connect(path) as theirs:
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    theirs.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refusal(str(tmp_path / "file" / "history.sqlite3"))
    assert "its folder cannot be made (Not a directory)" in said or "File exists" in said


def test_a_database_that_cannot_be_reached_is_named_without_its_password() -> None:
    said = refusal(NOWHERE)
    assert said.startswith("postgresql://tandem:***@127.0.0.1:1/tandem: the database cannot")
    assert "check that it is running and that the address is right, or name another" in said
    assert "secret" not in said and "\n" not in said


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("mysql://root:secret@db/x", "got a URL that begins with mysql://"),
        ("postgresql://a:secret@b:port/x", "got a URL that cannot be read"),
        ("sqlite://", "without a path: it would keep nothing"),
        ("sqlite:///:memory:", "without a path: it would keep nothing"),
    ],
)
def test_a_url_of_another_database_is_refused(setting: str, sentence: str) -> None:
    with pytest.raises(
        BadConfig, match="expected a path, sqlite:///PATH or postgresql://"
    ) as refused:
        parse_database_url(setting)
    assert sentence in str(refused.value) and "secret" not in str(refused.value)


def test_a_path_and_its_url_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "100 % 김.sqlite3"
    assert parse_database_url(str(path)) == parse_database_url(f"sqlite:///{path}")
    ResultStore(parse_database_url(str(path))).close()
    assert path.is_file()


def test_deleting_overwrites_the_file_and_its_log(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    store = ResultStore(parse_database_url(str(path)))
    for k in range(30):
        store.save(make_result(k, "Forget-me", title="A" * 500))
    files = [path, path.with_name(path.name + "-wal")]
    assert any(b"Forget-me" in file.read_bytes() for file in files)
    store.delete_learner("Forget-me")
    assert not any(b"Forget-me" in file.read_bytes() for file in files)
    store.close()


def test_the_server_does_not_start_on_a_broken_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"nonsense" * 1000)
    monkeypatch.setattr("rtc_server.commands.serve.prepare", lambda _: None)
    assert cli.main(["serve", "--port", "0", "--history", str(path)]) == 1
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert line.startswith(f"error: {path}: the history cannot be opened (")
    assert said.out == ""


def test_results_from_before_invitations_are_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    store = ResultStore(parse_database_url(str(path)))
    store.save(make_result(1))
    store.close()
    with sqlite3.connect(path) as older:  # as version 0001 left it
        older.execute("DROP INDEX tandem_results_owner")
        older.execute("ALTER TABLE tandem_results DROP COLUMN owner")
        older.execute("UPDATE tandem_version SET version_num = '0001'")
    older.close()
    store = ResultStore(parse_database_url(str(path)))
    assert store.get(make_result(1).attempt) == make_result(1)
    store.close()
