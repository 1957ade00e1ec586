"""The server's side of the contract; the browser tests hold the page to it, too."""

import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from rtc_server.protocol.class_messages import RosterMessage
from rtc_server.protocol.client_messages import PARSERS, parse_control
from rtc_server.protocol.pictures import (
    WebcamPicture,
    parse_webcam_picture,
    write_annotated_picture,
)
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import PLAYBACK_STATES, ServerControlMessage
from rtc_server.scoring.summary import Summary

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "messages.json").read_text())
SENT: dict[str, type] = {
    get_args(get_type_hints(message)["type"])[0]: message
    for message in (*get_args(ServerControlMessage), ScoreMessage, RosterMessage)
}


@pytest.mark.parametrize("message", EXAMPLES["client"]["control"], ids=json.dumps)
def test_the_server_reads_what_a_client_may_say(message: dict[str, Any]) -> None:
    assert parse_control(json.dumps(message)) is not None


def test_every_type_that_the_server_reads_has_an_example() -> None:
    examples = {message["type"] for message in EXAMPLES["client"]["control"]}
    assert examples == set(PARSERS)


def test_a_summary_has_the_fields_that_the_page_reads() -> None:
    (example, *_) = [m for m in EXAMPLES["server"]["control"] if m["type"] == "summary"]
    assert set(example) == {"type", *Summary.__dataclass_fields__}


def test_states_are_the_protocols() -> None:
    shown = {m["state"] for m in EXAMPLES["server"]["control"] if m["type"] == "state"}
    assert shown == set(PLAYBACK_STATES)


def test_the_server_sends_every_field_that_an_example_has() -> None:
    sent = EXAMPLES["server"]
    examples = sent["control"] + sent["scores"] + sent["roster"]
    assert {message["type"] for message in examples} == set(SENT)
    for message in examples:
        assert set(message) <= set(get_type_hints(SENT[message["type"]]))


def test_the_server_reads_the_pictures_that_a_page_sends() -> None:
    for example in EXAMPLES["pictures"]["webcam"]:
        jpeg = bytes.fromhex(example["jpeg_hex"])
        picture = parse_webcam_picture(bytes.fromhex(example["hex"]))
        assert picture == WebcamPicture(**example["header"], jpeg=jpeg)


def test_the_server_writes_the_pictures_that_a_page_reads() -> None:
    for example in EXAMPLES["pictures"]["annotated"]:
        written = write_annotated_picture(example["count"], bytes.fromhex(example["jpeg_hex"]))
        assert written.hex() == example["hex"]
