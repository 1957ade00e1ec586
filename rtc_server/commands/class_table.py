"""What a headless teacher prints: a short table while the class dances, and the report."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

INTERVAL_S = 5.0  # between two tables
SHOWN = 8  # learners in a table: who needs help most


class ClassTable:
    """Prints states, hands and a table now and then on stderr."""

    def __init__(self) -> None:
        self._printed_s = float("-inf")
        self._state = ""

    def on_message(self, message: Mapping[str, Any]) -> None:
        """Take a message of the server."""
        match message:
            case {"type": "state", "state": state}:
                detail = message.get("countdown_s") or message.get("reason") or ""
                self.print_line(f"{state}: {detail}")
            case {"type": "class", "state": state, "present": present}:
                recording = describe_recording(message.get("recording"))
                text = f"class {state}, {present} there{recording}"
                if text != self._state:
                    self._state = text
                    self.print_line(text)
            case {"type": "hand", "name": name, "up": True}:
                self.print_line(f"{name} raises a hand")
            case {"type": "error", "message": text}:
                self.print_line(f"server: {text}")
            case {"type": "roster", "from": 0}:
                self._print_roster(message)

    def _print_roster(self, roster: Mapping[str, Any]) -> None:
        if time.monotonic() - self._printed_s < INTERVAL_S or not roster["learners"]:
            return
        self._printed_s = time.monotonic()
        self.print_line(f"{roster['lesson_s']:6.1f} s  class {_number(roster['score'])}")
        for one in roster["learners"][:SHOWN]:
            hand = "hand up" if one["hand"] else ""
            self.print_line(
                f"  {one['name'][:20]:20}  {_number(one['score'])}  {_number(one['lag_ms'])} ms  "
                f"{one['weakest'] or '':16}  {one['session']}, {one['connection']} {hand}".rstrip()
            )

    def print_line(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


def format_report(report: Mapping[str, Any]) -> str:
    """The report as text: who danced how, and which passage was the hardest."""
    lines = [f"report of {report['title']} ({report['code']})"]
    lines += [
        f"  {row['name'][:20]:20}  score {_number(row['score'])}  grade {row['grade'] or '-':2}  "
        f"{_number(row['lag_ms'])} ms  weakest {row['weakest'] or '-'}"
        for row in report["learners"]
    ]
    if not report["learners"]:
        lines.append("  nobody danced")
    if (hardest := report["hardest"]) is not None:
        lines.append(
            f"  hardest: {hardest['from_s']:.0f} to {hardest['to_s']:.0f} s, where "
            f"{hardest['failing']} of {hardest['of']} failed"
        )
    return "\n".join(lines)


def describe_recording(recording: Mapping[str, Any] | None) -> str:
    """Whether the class is recorded, for the end of a line; empty where nobody asked for it."""
    if recording is None or recording["state"] in ("off", "refused"):
        return ""
    return f", recording {recording['state']}{f': {why}' if (why := recording['why']) else ''}"


def format_kept(kept: Mapping[str, Any] | None) -> str:
    """What becomes of a class that was kept, in one line."""
    if kept is None:
        return "the class is not kept"
    match kept["state"]:
        case "failed":
            return f"the class becomes no lesson: {kept['error']}"
        case "waiting":
            return f"the recording waits to be prepared, {kept['ahead']} before it"
        case "preparing":
            return f"preparing: {kept['step'] or ''} {100 * kept['progress']:.0f} %"
    return f"the recording: {kept['state']}"


def _number(value: float | None) -> str:
    return "    -" if value is None else f"{value:5.0f}"
