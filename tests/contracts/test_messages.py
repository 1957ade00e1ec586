"""The server's side of the contract; the browser tests hold the page to it, too."""

import json
from pathlib import Path
from typing import Any

import pytest

from rtc_server.protocol import messages
from rtc_server.scoring.attempt import Summary

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "messages.json").read_text())


@pytest.mark.parametrize("message", EXAMPLES["client"]["control"], ids=json.dumps)
def test_the_server_reads_what_a_client_may_say(message: dict[str, Any]) -> None:
    assert messages.parse_control(json.dumps(message)) is not None


def test_every_type_that_the_server_reads_has_an_example() -> None:
    examples = {message["type"] for message in EXAMPLES["client"]["control"]}
    assert examples == set(messages.READERS)


def test_a_summary_has_the_fields_that_the_page_reads() -> None:
    (example, *_) = [m for m in EXAMPLES["server"]["control"] if m["type"] == "summary"]
    assert set(example) == {"type", *Summary.__dataclass_fields__}


def test_states_are_the_protocols() -> None:
    shown = {m["state"] for m in EXAMPLES["server"]["control"] if m["type"] == "state"}
    assert shown == set(messages.STATES)
