"""Learner names; results in lists, reports and files."""

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc_server.errors import BadLearner, BadMessage
from rtc_server.history.export import CsvWriter, JsonWriter
from rtc_server.history.results import Cursor, Result, parse_learner_name
from tests.unit.rtc_server.sample_results import make_result, make_summary


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Ann ", "Ann"),
        ("ann", "ann"),
        (unicodedata.normalize("NFD", "김하늘"), "김하늘"),
        ("\u3000Ö O\u0308\u00a0", "Ö Ö"),
        ("a/b", "a/b"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("x" * 40, "x" * 40),
    ],
)
def test_a_name_is_trimmed_and_composed(text: str, name: str) -> None:
    assert parse_learner_name(text) == name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "expected 1 to 40 characters, got 0"),
        (" \t\n", "expected 1 to 40 characters, got 0"),
        ("x" * 41, "expected 1 to 40 characters, got 41"),
        (7, "expected a name, got 7"),
        (["Ann"], r"expected a name, got \['Ann'\]"),
        ("A\x00n", "no control characters, got U\\+0000"),
        ("A\nn", "no control characters, got U\\+000A"),
        ("A\u202en", "no control characters, got U\\+202E"),
        ("A\ud800", "no control characters, got U\\+D800"),
        ("A\u2028n", "no control characters, got U\\+2028"),
        ("..", "dots only"),
        ("\u200d", "nothing that can be seen"),
    ],
)
def test_a_bad_name_is_refused(text: object, sentence: str) -> None:
    with pytest.raises(BadLearner, match="learner: .*" + sentence):
        parse_learner_name(text)


@given(st.text(max_size=60))
def test_parsing_a_parsed_name_changes_nothing(text: str) -> None:
    try:
        name = parse_learner_name(text)
    except BadLearner:
        return
    assert parse_learner_name(name) == name
    assert 1 <= len(name) <= 40
    name.encode()


def test_a_report_is_the_summary_and_more() -> None:
    report = make_result(1).to_report(None)
    assert {key: report[key] for key in make_summary()} == make_summary()
    assert set(report) - set(make_summary()) == {
        *("id", "learner", "lesson", "started_at", "ended_at", "reason", "change")
    }
    assert report["lesson"] == {"id": "demo", "title": "Demo"}
    assert report["change"] is None


def test_the_change_is_the_difference_and_null_where_either_is_unknown() -> None:
    now, then = make_result(2, score=70.4, energy=50.0), make_result(1, score=50.3, timing=None)
    change = now.to_report(then)["change"]
    assert change["since"] == then.to_list_item()
    del change["since"]
    assert change == {"score": 20.1, "shape": 20.1, "timing": None, "energy": None}


@pytest.mark.parametrize(
    ("result", "worth"),
    [(make_result(1), True), (make_result(1, None), False), (make_result(1, samples=0), False)],
)
def test_a_result_worth_saving_has_a_name_and_a_sample(result: Result, worth: bool) -> None:
    assert result.is_worth_saving is worth


def test_a_cursor_parsed_from_its_text_is_the_same() -> None:
    cursor = Cursor.after(make_result(7))
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "1", "1-", "-1-a", "1-xyz", "9" * 16 + "-a", "1-a\n", "١-a"])
def test_a_bad_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadMessage, match="cursor: expected the `next`"):
        Cursor.parse(text)


def test_json_has_everything_that_is_stored() -> None:
    writer = JsonWriter("김")
    results = [make_result(1, "김"), make_result(2, "김")]
    text = writer.header() + "".join(map(writer.item, results)) + writer.footer()
    file = json.loads(text)
    assert file["learner"] == "김"
    assert file["results"] == [each.to_export() for each in results]
    empty = JsonWriter("김")
    assert json.loads(empty.header() + empty.footer())["results"] == []


def test_csv_has_one_row_for_each_result_and_no_formulas() -> None:
    writer = CsvWriter("=1+1")
    result = make_result(1, "=1+1", title="-2", verdict='so, "so"')
    text = writer.header() + writer.item(result) + writer.footer()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["learner"], row["title"], row["lag_ms"]) == ("'=1+1", "'-2", "-120.5")
    assert (row["score"], row["grade"], row["complete"]) == ("71.5", "B", "True")
    assert row["started_at"] == "2023-11-14T22:13:21.250+00:00"
    assert json.loads(row["summary"]) == result.summary
