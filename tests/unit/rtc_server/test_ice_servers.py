"""Which STUN and TURN servers clients are told to use, and with which credentials."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.ice_servers import (
    LIFETIME_S,
    IceServer,
    IceServers,
    issue_credentials,
    read_ice_servers,
)
from rtc_server.webrtc.aiortc_internals import build_configuration

NOW_S = 1_800_000_000.9
TURN = ("turn:turn.example:3478", "turns:turn.example:443?transport=tcp")


def test_credentials_are_those_of_coturns_rest_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _: "0f1e2d3c4b5a6978")
    server = issue_credentials(TURN, "north", NOW_S)
    assert server.username == f"{1_800_000_000 + LIFETIME_S}:0f1e2d3c4b5a6978"
    # printf 1800021600:0f1e2d3c4b5a6978 | openssl dgst -sha1 -hmac north -binary | base64
    assert server.credential == "7kcVK0/8tLbDOY4MuqjI61KYC1M="
    assert server.urls == server.relay_urls == TURN


def test_each_client_gets_credentials_of_its_own_and_nobody_sees_them_in_a_log() -> None:
    servers = IceServers((IceServer(("stun:stun.example",)),), TURN, "north")
    (stun, one), (_, other) = servers.issue(NOW_S), servers.issue(NOW_S)
    assert stun.describe() == {"urls": "stun:stun.example"} and stun.relay_urls == ()
    assert one.username != other.username and one.credential != other.credential
    assert one.describe() == {
        "urls": list(TURN),
        "username": one.username,
        "credential": one.credential,
    }
    assert str(one.credential) not in repr(one) and "north" not in repr(servers)


def test_without_relays_there_are_no_credentials() -> None:
    assert IceServers().issue(NOW_S) == []


def write(folder: Path, content: object) -> Path:
    path = folder / "servers.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_file_lists_servers_as_browsers_take_them(tmp_path: Path) -> None:
    entries = [
        {"urls": "stun:stun.example:3478"},
        {"urls": [*TURN], "username": "ann", "credential": "secret"},
        {"urls": "turn:[2001:db8::7]:3478", "username": "ann", "credential": ""},
    ]
    found = read_ice_servers(write(tmp_path, entries))
    assert [server.describe() for server in found] == entries
    assert found[1] == IceServer(TURN, "ann", "secret")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "expected JSON"),
        ({"urls": "stun:a"}, "expected a list"),
        ([{"urls": "stun:a"}] * 17, "at most 16"),
        ([7], "entry 1: expected an object"),
        ([{"urls": "stun:a"}, {"url": "stun:a"}], "entry 2: expected an object"),
        ([{}], 'expected "urls"'),
        ([{"urls": []}], 'expected "urls"'),
        ([{"urls": [7]}], "expected URLs as stun:"),
        ([{"urls": "https://turn.example"}], "expected URLs as stun:"),
        ([{"urls": "turn:turn.example"}], 'expected "username"'),
        ([{"urls": "turn:a", "username": "u", "credential": 7}], 'expected "username"'),
        ([{"urls": "stun:a", "credentialType": "oauth"}], '"password"'),
    ],
)
def test_what_browsers_do_not_take_is_refused(
    tmp_path: Path, content: object, complaint: str
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(BadConfig, match=complaint) as caught:
        read_ice_servers(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="expected a JSON file"):
        read_ice_servers(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"turn": TURN}, "got only turn$"),
        ({"turn_secret": "north"}, "got only turn_secret"),
        ({"turn": ("https://turn.example",), "turn_secret": "north"}, "turn: expected URLs"),
        ({"turn": ("turn:a?transport=sctp",), "turn_secret": "north"}, "turn: expected URLs"),
        ({"ice_servers": ("turn:turn.example",)}, "ice_servers: expected URLs such as stun:"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadConfig, match=complaint):
        Config(**settings)  # type: ignore[arg-type]


def test_a_relays_secret_is_shown_nowhere() -> None:
    assert "north" not in repr(Config(turn=TURN, turn_secret="north"))


def test_aiortc_gets_the_urls_that_it_reads_and_never_none() -> None:
    servers = [
        IceServer(("stun:[2001:db8::7]:3478",)),
        IceServer(("turn:[2001:db8::7]", "turn:turn.example"), "ann", "secret"),
    ]
    (one,) = build_configuration(servers).iceServers or ()
    assert (one.urls, one.username, one.credential) == (["turn:turn.example"], "ann", "secret")
    assert build_configuration([]).iceServers == []
