"""The process that makes one lesson: `python -m rtc_server.uploads.worker REQUEST`.

The server starts it with a `BuildRequest` as JSON. It writes its progress and the outcome as lines
of JSON to stdout, and ends when its stdin does, so that it never outlives the server.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rtc_server.authoring.build_request import BuildRequest
from rtc_server.error_text import EXPECTED, error_sentence

# Learners go first: with this niceness, a thread gets a tenth of the processor time that a thread
# of theirs gets.
NICE = 10
EXIT_SIGTERM = 143
CLEANUP_LIMIT_S = 5.0
# The threads that estimate poses. Encoding runs beside them, so one thread leaves no core idle.
THREADS = 1
REPORT_INTERVAL_S = 0.1  # between two messages about one step


def main() -> None:
    """Make the lesson, report the outcome, and exit."""
    _lower_priority()
    signal.signal(signal.SIGTERM, _on_sigterm)
    threading.Thread(target=_exit_with_server, daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="preparing: %(levelname)s: %(message)s")
    request = BuildRequest.from_json(sys.argv[1])
    try:
        outcome = _build(request)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # too late: the lesson is in the store
        _send(**outcome)
    finally:
        # Everything is closed by now. Python and the engine would take a while to shut down, and
        # some of their threads never end.
        sys.stderr.flush()
        os._exit(0)


def _build(request: BuildRequest) -> dict[str, str]:
    """Make the lesson; return the last message to the server, which is the outcome.

    Imports are late, so that loading the libraries has low priority, too.
    """
    try:
        from rtc_server.authoring.build import check_video, make_lesson
        from rtc_server.authoring.pose_extraction import open_people_tracker

        check_video(request)
        tracker = open_people_tracker(request.engine, THREADS)
        return {"ready": make_lesson(request, tracker, ProgressReporter()).id}
    except Exception as error:  # an error of any kind becomes a sentence for the user
        if not isinstance(error, (*EXPECTED, OSError)):
            traceback.print_exc()
        sentence = error_sentence(error)
        if request.video_name is not None:
            sentence = sentence.replace(str(request.video), request.video_name)
        return {"error": sentence, "code": getattr(error, "code", "preparation_failed")}


class ProgressReporter:
    """Sends the progress of each step at intervals, and its end."""

    def __init__(self) -> None:
        self._sent_s: dict[str, float] = {}
        self._lock = threading.Lock()  # two steps run at once, each in a thread of its own

    def __call__(self, step: str, done: int, total: int) -> None:
        with self._lock:
            now_s = time.monotonic()
            if done >= total or now_s - self._sent_s.get(step, 0.0) >= REPORT_INTERVAL_S:
                self._sent_s[step] = now_s
                _send(step=step, done=done, of=total)


def _send(**message: object) -> None:
    print(json.dumps(message), flush=True)


def _lower_priority() -> None:
    """Let learners go first; and if memory runs out, let this process be killed, not the server."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    with contextlib.suppress(OSError):
        # Where Linux shares processor time out among sessions first (this process leads one),
        # niceness counts only within one: sched(7), "The autogroup feature".
        Path("/proc/self/autogroup").write_text(str(NICE))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _on_sigterm(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Unwind the stack, so that nothing half-made is left behind."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one would interrupt the cleaning up
    raise SystemExit(EXIT_SIGTERM)


def _exit_with_server() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(CLEANUP_LIMIT_S)
    os._exit(EXIT_SIGTERM)


if __name__ == "__main__":
    main()
