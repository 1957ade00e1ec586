"""How lines of the log look: text for people, or one JSON object a line for programs."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and the fields of the line."""

    def format(self, record: logging.LogRecord) -> str:
        """
        :param record: its `fields` (of `extra`), if there are any, become members of the object.
        """
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        fields = getattr(record, "fields", {})
        return json.dumps({**fields, **line}, default=str)


def make_formatter(log_format: str) -> logging.Formatter:
    """The formatter of a name in `config.LOG_FORMATS`."""
    return JsonFormatter() if log_format == "json" else logging.Formatter(TEXT)
