"""Fields check what clients send, and say what was expected and what came."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc_server.errors import BadLearner, BadMessage
from rtc_server.http.requests.fields import (
    Field,
    JsonBody,
    Query,
    boolean,
    choice,
    constant,
    integer,
    number,
    optional,
    or_null,
    text,
)
from rtc_server.http.requests.parameters import LEARNER

FIELDS: dict[str, Field] = {
    "text": text("A text."),
    "id": text("An id.", "an id", pattern="[a-z]{1,3}"),
    "choice": choice("A colour.", ("red", "blue")),
    "constant": constant("Always the same.", "offer"),
    "boolean": boolean("Yes or no."),
    "integer": integer("How many.", 1, 100),
    "number": number("When.", "a number of seconds"),
    "null": or_null(text("A text or nothing.")),
}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("text", 5, "text: expected text, got 5"),
        ("text", None, "text: expected text, got None"),
        ("id", "abc\n", r"id: expected an id, got 'abc\n'"),
        ("choice", "green", "choice: expected one of red, blue, got 'green'"),
        ("constant", "answer", "constant: expected \"offer\", got 'answer'"),
        ("boolean", 1, "boolean: expected true or false, got 1"),
        ("integer", 0, "integer: expected 1 to 100, got 0"),
        ("integer", True, "integer: expected 1 to 100, got True"),
        ("integer", 1.5, "integer: expected 1 to 100, got 1.5"),
        ("number", "two", "number: expected a number of seconds, got 'two'"),
        ("null", [], "null: expected text, got []"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(
    name: str, value: object, sentence: str
) -> None:
    with pytest.raises(BadMessage) as caught:
        FIELDS[name].parse(value, name)
    assert str(caught.value) == sentence


def test_only_the_beginning_of_a_long_value_is_repeated() -> None:
    with pytest.raises(BadMessage) as caught:
        FIELDS["choice"].parse("x" * 10_000, "choice")
    assert len(str(caught.value)) < 120


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda values: st.lists(values, max_size=2),
)


@given(st.sampled_from(sorted(FIELDS)), JSON | st.sampled_from(["red", "offer", "ab", 7, 7.5]))
def test_a_field_accepts_what_its_schema_accepts(name: str, value: Any) -> None:
    field = FIELDS[name]
    if isinstance(value, float) and value.is_integer():
        return  # 1.0 is an integer in JSON Schema, and none in Python's reading of JSON
    try:
        field.parse(value, name)
        accepted = True
    except BadMessage:
        accepted = False
    assert jsonschema_rs.is_valid(field.schema, value) == accepted


def test_numbers_in_a_query_are_text() -> None:
    query = Query({"n": FIELDS["integer"], "s": optional(FIELDS["number"]), "t": FIELDS["text"]})
    assert query.parse({"n": "7", "s": "1.5", "t": "7"}) == {"n": 7, "s": 1.5, "t": "7"}
    for wrong in ("", "x", "101", "-1", "٣", "1" * 5000):
        with pytest.raises(BadMessage, match="n: expected 1 to 100, got '"):
            query.parse({"n": wrong, "t": ""})


def test_a_query_field_that_is_required_may_not_be_absent() -> None:
    query = Query({"a": text("A."), "b": optional(text("B.", default="b"))})
    assert query.parse({"a": ""}) == {"a": "", "b": "b"}
    with pytest.raises(BadMessage, match=r"expected \?a=… in the address, got none"):
        query.parse({"b": "x"})


def test_a_query_may_take_an_empty_value_for_none() -> None:
    query = Query({"id": optional(FIELDS["id"])}, ignores_empty=True)
    assert query.parse({"id": ""}) == {"id": None}


BODY = JsonBody("a JSON object with a", {"a": FIELDS["text"], "b": or_null(FIELDS["integer"])})


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("{", "expected a JSON object with a, got no JSON"),
        ("[" * 100_000, "expected a JSON object with a, got no JSON"),
        ("[]", "expected a JSON object, got list"),
        ("{}", "a: expected text, got None"),
        ('{"a": "", "b": 0}', "b: expected 1 to 100, got 0"),
    ],
)
def test_a_wrong_body_is_refused(body: str, sentence: str) -> None:
    with pytest.raises(BadMessage) as caught:
        BODY.parse(body)
    assert str(caught.value) == sentence


def test_a_body_has_a_value_for_each_field() -> None:
    assert BODY.parse('{"a": "x"}') == {"a": "x", "b": None}
    assert BODY.parse('{"a": "x", "b": null, "c": 1}') == {"a": "x", "b": None}


def test_a_field_may_have_checks_and_an_error_of_its_own() -> None:
    assert LEARNER.parse(" Ann ", "learner") == "Ann"
    for wrong in (5, "", "..."):
        with pytest.raises(BadLearner, match="learner: expected"):
            LEARNER.parse(wrong, "learner")
