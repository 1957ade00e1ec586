"""`run.py cluster`: a table for people, JSON for programs, and sentences for what cannot be."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server import cli
from rtc_server.commands import cluster

TOKEN = "a token that nobody guesses"
HOST: dict[str, Any] = {"name": "w1", "state": "ready", "sessions": 3, "cores": 0.314}
HOST |= {"slowest_per_s": 4.98, "report_age_s": 0.42, "version": "0.1.0", "pid": 4711}
HOST |= {"udp_port": None, "problem": None, "machine": "dance-1"}
NEW: dict[str, Any] = dict.fromkeys(HOST) | {"name": "w2", "state": "starting", "sessions": 0}
CLUSTER: dict[str, Any] = {"version": "0.1.0", "workers": 2, "sessions": 3, "max_sessions": 8}
CLUSTER |= {"places": 8, "hosts": [HOST, NEW]}


class Server:
    """Stands for `http.client`: keeps what was asked for, and answers in turn."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = [(200, CLUSTER)]
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.port = 0

    def open(self, host: str, port: int, **_: Any) -> SimpleNamespace:
        assert host == "127.0.0.1"
        self.port = port

        def request(method: str, path: str, headers: dict[str, str]) -> None:
            self.asked.append((f"{method} {path}", headers))

        def response() -> SimpleNamespace:
            status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if isinstance(body, OSError):
                raise body
            return SimpleNamespace(
                status=status, read=lambda most: json.dumps(body).encode()[:most]
            )

        return SimpleNamespace(request=request, getresponse=response, close=lambda: None)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(cluster, "HTTPConnection", made.open)
    monkeypatch.setattr(cluster.time, "sleep", lambda _: None)
    monkeypatch.setenv("TANDEM_PORT", "8123")
    monkeypatch.delenv("TANDEM_TOKEN", raising=False)
    return made


def test_status_is_a_table_with_a_dash_for_what_is_not_known(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["cluster", "status"]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines() == [
        "host  machine  state     learners  cores  slowest/s  report     version  pid   udp",
        "w1    dance-1  ready     3         0.31   4.98       0.4 s ago  0.1.0    4711  -",
        "w2    -        starting  0         -      -          -          -        -     -",
        "learners: 3, 8 at most",
    ]
    assert server.port == 8123 and server.asked == [("GET /api/cluster", {})]


def test_status_says_what_is_wrong(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    ill = HOST | {"problem": "the event loop stood still"}
    server.answers = [(200, CLUSTER | {"hosts": [ill]})]
    assert cli.main(["cluster", "status"]) == 0
    assert capsys.readouterr().out.endswith("w1 is not well: the event loop stood still\n")


def test_status_as_json(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cluster", "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == CLUSTER


def test_the_token_goes_along(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TOKEN", TOKEN)
    server.answers = [(202, HOST)]
    assert cli.main(["cluster", "drain", "w1"]) == 0
    expected = {"Authorization": f"Bearer {TOKEN}"}
    assert server.asked == [("POST /api/cluster/hosts/w1/drain", expected)]


def test_a_machine_is_drained_with_all_its_hosts(server: Server) -> None:
    names = ("m1w1", "m2w1", "m2w2", "m21w1")
    hosts = [HOST | {"name": name} for name in names]
    server.answers = [(200, CLUSTER | {"hosts": hosts}), (202, HOST), (202, HOST)]
    assert cli.main(["cluster", "drain", "m2"]) == 0
    assert [asked for asked, _ in server.asked] == [
        "GET /api/cluster",
        "POST /api/cluster/hosts/m2w1/drain",
        "POST /api/cluster/hosts/m2w2/drain",
    ]


def test_restart_waits_for_the_place_of_one_before_the_next(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    two = [HOST, HOST | {"name": "w2"}]
    replaced = [HOST | {"state": "draining"}, HOST | {"name": "w2"}]
    server.answers = [
        *((200, CLUSTER | {"hosts": two}), (202, HOST)),
        *((200, CLUSTER | {"hosts": two}), (200, CLUSTER | {"hosts": replaced}), (202, HOST)),
        (200, CLUSTER | {"hosts": []}),
    ]
    assert cli.main(["cluster", "restart"]) == 0
    assert [asked for asked, _ in server.asked] == [
        "GET /api/cluster",
        "POST /api/cluster/hosts/w1/drain?replace=true",
        *["GET /api/cluster"] * 2,
        "POST /api/cluster/hosts/w2/drain?replace=true",
        "GET /api/cluster",
    ]
    assert capsys.readouterr().out.splitlines() == [
        f"{name}: another host has taken its place" for name in ("w1", "w2")
    ]


def test_restart_gives_up_where_no_other_host_becomes_ready(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "REPLACED_S", 0.0)
    server.answers = [(202, HOST), (200, CLUSTER)]
    assert cli.main(["cluster", "restart", "w1"]) == 1
    assert "no host took the place of w1 within 0 s" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((404, {"detail": "this one has none"}), "the server answers 404: this one has none"),
        ((0, OSError("refused")), "expected an answer from 127.0.0.1 port 8123: refused; --url"),
    ],
)
def test_a_refusal_is_a_sentence(
    server: Server, capsys: pytest.CaptureFixture[str], answer: Any, sentence: str
) -> None:
    server.answers = [answer]
    assert cli.main(["cluster", "status"]) == 1
    assert sentence in capsys.readouterr().err


def test_an_address_that_is_none(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cluster", "status", "--url", "dance.example"]) == 1
    assert "url: expected an address" in capsys.readouterr().err
    assert server.asked == []
