"""How many dance, and their names: in a JSON body, and in an address."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rtc_server.errors import BadLearner, BadMessage
from rtc_server.http.requests.offer import (
    parse_json_offer,
    parse_sdp_offer,
    parse_socket_query,
)


def offer(**fields: Any) -> Any:
    return parse_json_offer(json.dumps({"sdp": "v=0", "type": "offer", "lesson": "demo"} | fields))


def test_without_dancers_there_is_one_learner() -> None:
    asked = offer(learner="Ann")
    assert (asked.dancers, asked.names) == (None, ("Ann",))
    assert offer(dancers=None).dancers is None


@pytest.mark.parametrize("dancers", [1, 2, 4])
def test_one_to_four_may_dance(dancers: int) -> None:
    assert offer(dancers=dancers).dancers == dancers
    assert parse_sdp_offer("v=0", {"lesson": "demo", "dancers": str(dancers)}).dancers == dancers
    assert parse_socket_query({"lesson": "demo", "dancers": str(dancers)}).dancers == dancers


@pytest.mark.parametrize("dancers", [0, 5, -1, 1.5, "2", True, []])
def test_any_other_number_is_refused(dancers: object) -> None:
    with pytest.raises(BadMessage, match=r"dancers: expected 1 to 4"):
        offer(dancers=dancers)


def test_each_may_have_a_name() -> None:
    assert offer(dancers=3, learners=["Ann", None, " Ben "]).names == ("Ann", None, "Ben")
    asked = parse_socket_query({"lesson": "demo", "dancers": "2", "learners": '["", "Ben"]'})
    assert asked.names == (None, "Ben")


def test_the_first_name_may_be_the_learners() -> None:
    assert offer(dancers=2, learner="Ann", learners=[None, "Ben"]).names == ("Ann", "Ben")


@pytest.mark.parametrize(
    "learners", [["Ann"] * 2, ["A"] * 5, ["."], [7], [["Ann"]], "Ann", {"0": "Ann"}]
)
def test_names_that_cannot_be_are_refused(learners: object) -> None:
    with pytest.raises(BadLearner, match="learner"):
        offer(dancers=4, learners=learners)


def test_more_names_than_dancers_are_refused() -> None:
    with pytest.raises(BadMessage, match="dancers: expected one for each of learners, got 1"):
        offer(dancers=1, learners=["Ann", "Ben"])
    with pytest.raises(BadMessage, match="got none"):
        offer(learners=["Ann"])


@pytest.mark.parametrize("text", ["Ann", "{}", "[", "[[" * 5000])
def test_names_in_an_address_are_a_json_list(text: str) -> None:
    with pytest.raises(BadLearner, match="learners"):
        parse_socket_query({"lesson": "demo", "dancers": "2", "learners": text})
