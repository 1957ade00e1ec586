"""`run.py history`: exit codes, error sentences and outputs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from rtc_server import cli
from rtc_server.commands.serve import announce
from rtc_server.config import Config
from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from tests.unit.rtc_server.sample_results import make_result


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with three results; the environment variable names it."""
    path = tmp_path / "history.sqlite3"
    store = ResultStore(parse_database_url(str(path)))
    store.save(make_result(1, "Ann"))
    store.save(make_result(2, "김하늘", lesson="tango", score=8.25, grade=None))
    store.save(make_result(3, "Ann", complete=False, reason="stopped"))
    store.close()
    monkeypatch.setenv("TANDEM_HISTORY", str(path))
    return path


def failure(argv: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(["history", *argv]) == 1
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert printed.out == "" and line.startswith("error: ")
    return line


@pytest.mark.usefixtures("history")
def test_list_prints_a_line_for_each_result(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["history", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ", 1)[1] for line in lines] == [
        "demo    71.5  B  Ann  (stopped)",
        "tango    8.2  -  김하늘",
        "demo    71.5  B  Ann",
    ]


@pytest.mark.usefixtures("history")
def test_list_can_be_filtered_and_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["list", "--learner", "Ann", "--lesson", "demo", "--limit", "1", "--json"]
    assert cli.main(["history", *words]) == 0
    assert json.loads(capsys.readouterr().out) == [
        make_result(3, "Ann", complete=False, reason="stopped").to_list_item()
    ]


@pytest.mark.usefixtures("history")
def test_export_writes_everything_under_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["history", "export", "김하늘", "--json", "-"]) == 0
    file = json.loads(capsys.readouterr().out)
    assert [result["summary"]["score"] for result in file["results"]] == [8.25]
    out = tmp_path / "ann.csv"
    assert cli.main(["history", "export", " Ann", "--csv", str(out)]) == 0
    assert capsys.readouterr().out == f"wrote 2 results to {out}\n"
    with out.open(newline="") as rows:
        assert [row["complete"] for row in csv.DictReader(rows)] == ["False", "True"]


def test_delete_leaves_nothing_under_a_name(
    history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["history", "delete", "Ann"]) == 0
    assert capsys.readouterr().out == "deleted 2 results of Ann\n"
    assert b"Ann" not in history.read_bytes()
    assert "got 'Ann'" in failure(["delete", "Ann"], capsys)
    assert "got 'Ann'" in failure(["export", "Ann", "--json", "-"], capsys)


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["delete", ""], "learner: expected 1 to 40 characters"),
        (["list", "--history", ""], "it is switched off"),
        (["list", "--history", "/nowhere/history.sqlite3"], "nothing has been kept there yet"),
        (["list", "--history", "oracle://a@b/c"], "begins with oracle://"),
        (["export", "Ann", "--csv", "/nowhere/a.csv"], "it is missing"),
    ],
)
def test_a_failure_is_one_sentence(
    argv: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in failure(argv, capsys)


@pytest.mark.parametrize(
    "argv", [[], ["forget"], ["delete"], ["export", "Ann"], ["list", "--limit", "0"]]
)
def test_wrong_usage_exits_with_2(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["history", *argv])
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("history", "access", "sentence"),
    [
        ("/x/y.sqlite3", "auto", "kept in /x/y.sqlite3; only you on this machine, and"),
        ("postgres://a:b@c/d", "open", "kept in postgresql://a:***@c/d; everybody who reaches"),
        ("", "auto", "No results are kept"),
    ],
)
def test_serve_says_where_results_are_kept(
    history: str, access: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    announce(Config(history=history, history_access=access), "http://127.0.0.1:1")
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Tandem is ready: http://127.0.0.1:1"
    assert sentence in second
