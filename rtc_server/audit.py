"""Who did what: one line for each action, on the logger `tandem.audit`.

A line never holds a secret or a learner's name. Sessions and jobs have the first 8 of their id's 32
characters. A name has a tag, which is the same for one name until the server stops and cannot be
turned back into it afterwards: the key is in memory only.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger("tandem.audit")

INTERVAL_S = 60.0
MAX_KINDS = 100  # refusals that are told apart, and lines of them in an interval
PLAIN = re.compile(r"[\w./:-]+", re.ASCII)
KEY = secrets.token_bytes(32)


def record(action: str, **fields: object) -> None:
    """Write a line; fields that are None are left out."""
    given = {name: value for name, value in fields.items() if value is not None}
    text = " ".join(f"{name}={_show(value)}" for name, value in given.items())
    logger.info("%s %s", action, text, extra={"fields": {"action": action, **given}})


def tag_name(name: str | None) -> str | None:
    """What stands for a learner's name; None for none."""
    if name is None:
        return None
    return hmac.new(KEY, name.casefold().encode(errors="replace"), hashlib.sha256).hexdigest()[:12]


def tag_id(id: str) -> str:
    """What stands for the id of a session or a job; the whole id is a secret."""
    return id[:8]


@dataclass(slots=True)
class _Repeated:
    written_s: float
    left_out: int = 0


class Refusals:
    """Writes what was refused: for each reason and client one line a minute, with a count.

    Nobody can fill the disk with it: more than 100 lines a minute are only counted.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._kinds: OrderedDict[tuple[str, str], _Repeated] = OrderedDict()
        self._interval_s = 0.0  # when the present interval began
        self._lines = 0  # in the present interval
        self._left_out = 0  # of kinds that have no line

    def record(self, reason: str, client: str, **fields: object) -> None:
        """Write a line, unless there was one of this reason and client within a minute.

        :param client: what the client is counted by.
        """
        now_s = self._now_s()
        kind = self._kinds.get((reason, client))
        if kind is not None and now_s - kind.written_s < INTERVAL_S:
            kind.left_out += 1
            return
        if now_s - self._interval_s >= INTERVAL_S:
            self._interval_s, self._lines = now_s, 0
        if self._lines >= MAX_KINDS:
            self._left_out += 1
            return
        self._lines += 1
        repeated, others = kind.left_out if kind else 0, self._left_out
        self._left_out = 0
        record("refused", reason=reason, **fields, repeated=repeated or None, others=others or None)
        self._kinds[reason, client] = _Repeated(now_s)
        self._kinds.move_to_end((reason, client))
        while len(self._kinds) > MAX_KINDS:
            self._left_out += self._kinds.popitem(last=False)[1].left_out


def _show(value: object) -> str:
    """A value without spaces as it is, everything else as JSON: no value can look like a field."""
    text = str(value)
    return text if isinstance(value, str) and PLAIN.fullmatch(text) else json.dumps(value)
