"""The log of a session host: its lines go with its reports, and the front writes them."""

from __future__ import annotations

import logging
from collections import deque

from rtc_server.cluster.reports import HostReport, LogLine

logger = logging.getLogger(__name__)

MAX_LINES = 200  # in a report
MAX_TEXT = 4000  # characters of a line


class ReportedLog(logging.Handler):
    """Keeps the lines of this process for the front, which writes one log for all hosts."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque()
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        if len(self._lines) >= MAX_LINES:
            self._lost += 1
            return
        fields = dict(getattr(record, "fields", {}))
        self._lines.append(LogLine(record.name, record.levelno, text[:MAX_TEXT], fields))

    def take(self) -> tuple[tuple[LogLine, ...], int]:
        """The lines since the last call, and how many did not fit."""
        lines, lost = tuple(self._lines), self._lost
        self._lines.clear()
        self._lost = 0
        return lines, lost


def write_log(host: str, report: HostReport) -> None:
    """Write a host's lines into the log of this process."""
    for line in report.log:
        fields = {**line.fields, "host": host}
        logging.getLogger(line.logger).log(
            *(line.level, "%s: %s", host, line.text), extra={"fields": fields}
        )
    if report.log_lost:
        logger.warning("%s: %d lines of its log are lost", host, report.log_lost)
