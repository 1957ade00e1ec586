"""What the audit log says of an action, and how it bounds refusals."""

import logging
from typing import Any

import pytest

from rtc_server import audit
from rtc_server.audit import INTERVAL_S, MAX_KINDS, Refusals


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "tandem.audit")
    return caplog


def fields(lines: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.__dict__["fields"] for record in lines.records]


def test_a_line_says_who_did_what(lines: pytest.LogCaptureFixture) -> None:
    audit.record("joined", address="2001:db8::1", session="0123abcd", learner=None, resumed=False)
    assert lines.messages == ["joined address=2001:db8::1 session=0123abcd resumed=false"]
    assert fields(lines) == [
        {"action": "joined", "address": "2001:db8::1", "session": "0123abcd", "resumed": False}
    ]


def test_no_value_looks_like_another_field_or_line(lines: pytest.LogCaptureFixture) -> None:
    audit.record("removed", lesson="x address=127.0.0.1", route="a\nremoved lesson=\u2028y")
    (line,) = lines.messages
    assert line == 'removed lesson="x address=127.0.0.1" route="a\\nremoved lesson=\\u2028y"'


def test_a_name_has_a_tag_that_does_not_contain_it() -> None:
    tag = audit.tag_name("Ann")
    assert tag == audit.tag_name("ann") != audit.tag_name("Anna")
    assert tag is not None and len(tag) == 12 and "ann" not in tag.lower()
    assert audit.tag_name(None) is None
    audit.tag_name("\udcff")  # any text


def test_a_refusal_that_repeats_is_one_line_a_minute(lines: pytest.LogCaptureFixture) -> None:
    now_s = 1000.0
    refusals = Refusals(lambda: now_s)
    for client in ("a", "a", "b", "a"):
        refusals.record("token_needed", client, address=client)
    refusals.record("wrong_host", "a", address="a")
    now_s += INTERVAL_S
    refusals.record("token_needed", "a", address="a")
    assert lines.messages == [
        "refused reason=token_needed address=a",
        "refused reason=token_needed address=b",
        "refused reason=wrong_host address=a",
        "refused reason=token_needed address=a repeated=2",
    ]


def test_many_clients_do_not_fill_the_log(lines: pytest.LogCaptureFixture) -> None:
    now_s = 1000.0
    refusals = Refusals(lambda: now_s)
    for k in range(5 * MAX_KINDS):
        refusals.record("server_full", str(k))
    assert len(lines.messages) == MAX_KINDS
    now_s += INTERVAL_S
    refusals.record("server_full", "last")
    assert fields(lines)[-1]["others"] == 4 * MAX_KINDS
    assert len(refusals._kinds) <= MAX_KINDS
