"""What a host writes into its log is in the front's."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from rtc_server.cluster import host_log
from rtc_server.cluster.host_log import ReportedLog, write_log
from rtc_server.cluster.reports import HostLoad, HostReport

NOTHING: dict[str, Any] = {"stages": {}, "kept": (), "resumable": frozenset(), "results": ()}


def report(log: ReportedLog) -> HostReport:
    lines, lost = log.take()
    load = HostLoad(0.0, 0, None)
    return HostReport(load, problem=None, version="", log=lines, log_lost=lost, **NOTHING)


@pytest.fixture
def host_logger() -> Any:
    logger = logging.Logger("tandem.audit")
    logger.addHandler(ReportedLog())
    return logger


def test_a_line_keeps_its_logger_level_and_fields(
    host_logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    host_logger.warning("left %s", "abc", extra={"fields": {"action": "left"}})
    (log,) = host_logger.handlers
    assert isinstance(log, ReportedLog)
    write_log("w1", report(log))
    (line,) = caplog.records
    assert (line.name, line.levelname) == ("tandem.audit", "WARNING")
    assert line.getMessage() == "w1: left abc"
    assert vars(line)["fields"] == {"action": "left", "host": "w1"}


def test_a_line_with_a_percent_sign_stays_as_it_is(
    host_logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    host_logger.warning("50 %s of it")
    (log,) = host_logger.handlers
    assert isinstance(log, ReportedLog)
    write_log("w1", report(log))
    assert caplog.messages == ["w1: 50 %s of it"]


def test_what_does_not_fit_is_counted(
    host_logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_log, "MAX_LINES", 2)
    caplog.set_level(logging.INFO)
    for number in range(5):
        host_logger.warning("line %d", number)
    (log,) = host_logger.handlers
    assert isinstance(log, ReportedLog)
    write_log("w1", report(log))
    assert caplog.messages == ["w1: line 0", "w1: line 1", "w1: 3 lines of its log are lost"]
    assert log.take() == ((), 0)
