"""Keeps what repeats in the log to one line a minute: whoever causes it cannot fill the disk."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

INTERVAL_S = 60.0
MAX_KINDS = 256  # lines that are told apart; the one that was seen longest ago is forgotten


@dataclass(slots=True)
class _Kind:
    written_s: float
    left_out: int = 0


class RepeatedLines(logging.Filter):
    """Lets a warning or an error through once a minute, then with how many were left out.

    Lines are the same if the logger and the text before its values are filled in are. Information
    is never left out.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now_s = now_s
        self._kinds: OrderedDict[tuple[str, str], _Kind] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is to be written; called in whichever thread logs."""
        if record.levelno < logging.WARNING:
            return True
        name, now_s = (record.name, str(record.msg)), self._now_s()
        kind = self._kinds.get(name)
        if kind is not None and now_s - kind.written_s < INTERVAL_S:
            kind.left_out += 1
            return False
        if kind is not None and kind.left_out:
            record.msg = f"{record.msg} [and {kind.left_out} more like it before this one]"
        self._kinds[name] = _Kind(now_s)
        self._kinds.move_to_end(name)
        while len(self._kinds) > MAX_KINDS:
            self._kinds.popitem(last=False)
        return True
