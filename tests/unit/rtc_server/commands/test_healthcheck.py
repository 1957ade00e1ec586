"""`run.py healthcheck`: 0 for a server that is alive, else 1 and the reason."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server import cli
from rtc_server.commands import healthcheck

ALIVE = (200, b'{"status": "alive"}')
STALLED = (503, b'{"title": "Service Unavailable", "detail": "the event loop stood still"}')


class Connections:
    """Stands for `http.client`: keeps what was asked for, and answers."""

    def __init__(self, answer: tuple[int, bytes] | OSError) -> None:
        self.answer = answer
        self.asked: list[tuple[str, int, str]] = []

    def open(self, host: str, port: int, **_: Any) -> SimpleNamespace:
        def request(method: str, path: str) -> None:
            self.asked.append((host, port, f"{method} {path}"))
            if isinstance(self.answer, OSError):
                raise self.answer

        def response() -> SimpleNamespace:
            assert isinstance(self.answer, tuple)
            status, body = self.answer
            return SimpleNamespace(status=status, read=lambda most: body[:most])

        return SimpleNamespace(request=request, getresponse=response, close=lambda: None)


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Connections:
    made = Connections(ALIVE)
    monkeypatch.setattr(healthcheck, "HTTPConnection", made.open)
    return made


def test_a_server_that_is_alive(
    connections: Connections, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is asked where it listens, on loopback if it listens everywhere."""
    monkeypatch.setenv("TANDEM_HOST", "0.0.0.0")
    monkeypatch.setenv("TANDEM_PORT", "8123")
    assert cli.main(["healthcheck"]) == 0
    assert connections.asked == [("127.0.0.1", 8123, "GET /healthz")]
    assert capsys.readouterr().out == "alive\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (STALLED, "got 503: the event loop stood still"),
        ((502, b"<html>Bad Gateway"), "got 502: <html>Bad Gateway"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (TimeoutError("timed out"), "within 5 s: timed out"),
    ],
)
def test_a_server_that_is_not_well_is_1_with_the_reason(
    connections: Connections,
    capsys: pytest.CaptureFixture[str],
    answer: tuple[int, bytes] | OSError,
    reason: str,
) -> None:
    connections.answer = answer
    assert cli.main(["healthcheck"]) == 1
    assert reason in capsys.readouterr().err


def test_a_server_that_redirects_is_asked_over_tls(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    over_tls = Connections(STALLED)
    monkeypatch.setattr(healthcheck, "HTTPSConnection", over_tls.open)
    connections.answer = (308, b"")
    assert cli.main(["healthcheck"]) == 1
    assert connections.asked == over_tls.asked == [("127.0.0.1", 8080, "GET /healthz")]
    over_tls.answer = ALIVE
    assert cli.main(["healthcheck"]) == 0
