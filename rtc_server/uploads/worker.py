"""The process that makes one lesson: `python -m rtc_server.uploads.worker REQUEST`.

The server starts it with a `WorkerRequest` as JSON. Before it opens the video, it gives up the
right to do anything but read its own code and write to its own two folders. It writes its progress
and the outcome as lines of JSON to stdout, and ends when its stdin does, so that it never outlives
the server.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import signal
import sys
import threading
import time
import traceback
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rtc_server.authoring.build_request import BuildRequest
from rtc_server.error_text import EXPECTED, error_sentence
from rtc_server.uploads.sandbox.mechanisms import enter_sandbox
from rtc_server.uploads.sandbox.resource_limits import (
    DECODER_BYTES,
    MEMORY_ALLOWANCE,
    limit_files,
    limit_memory,
    limit_processor_time,
    peak_resident_bytes,
)
from rtc_server.uploads.worker_limits import processor_limit_s
from rtc_server.uploads.worker_request import WorkerRequest

logger = logging.getLogger("worker")

# Learners go first: with this niceness, a thread gets a tenth of the processor time that a thread
# of theirs gets.
NICE = 10
EXIT_SIGTERM = 143
CLEANUP_LIMIT_S = 30.0  # with the lowest priority, on a machine that learners keep busy
REPORT_INTERVAL_S = 0.1  # between two messages about one step
MEMORY_INTERVAL_S = 0.5
# Of everything that is loaded, where the system cannot bound what is taken beyond that.
MAX_RESIDENT_BYTES = 2 * MEMORY_ALLOWANCE
MAX_FILE_BYTES = 4_000_000_000  # no file of a lesson of four hours is larger


def main() -> None:
    """Make the lesson, report the outcome, and exit."""
    request = WorkerRequest.from_json(sys.argv[1])
    _lower_priority()
    signal.signal(signal.SIGTERM, _on_sigterm)
    logging.basicConfig(level=logging.WARNING, format="preparing: %(levelname)s: %(message)s")
    try:
        _give_up_rights(request)
        threading.Thread(target=_exit_with_server, daemon=True).start()
        outcome = _build(request)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # too late: the lesson is made
        _send(**outcome)
    finally:
        # Everything is closed by now. Python and the engine would take a while to shut down, and
        # some of their threads never end.
        sys.stderr.flush()
        os._exit(0)


def _give_up_rights(request: WorkerRequest) -> None:
    """Enter the sandbox, while there is one thread, and set the limits that hold from the start."""
    most_s = request.build.max_duration_s or 0.0
    limit_processor_time(processor_limit_s(0.0), processor_limit_s(most_s))
    limit_files(MAX_FILE_BYTES)
    read_only = [] if request.sections is None else [request.sections]
    if request.section is not None:  # the video is in the folder of the lesson's own worker
        read_only.append(request.build.video)
    mechanisms = enter_sandbox([request.folder, request.scratch], read_only)
    if not limit_memory():
        threading.Thread(target=_exit_when_too_large, daemon=True).start()
    _send(sandbox=mechanisms)


def _build(request: WorkerRequest) -> dict[str, object]:
    """Make the lesson; return the last message to the server, which is the outcome.

    Imports are late, so that loading the libraries has low priority, too.
    """
    build = request.build
    try:
        if request.section is None:
            _make_lesson(request)
        else:
            _search_section(request, request.section)
        return {"ready": True}
    except MemoryError:
        return {"error": _too_large(build), "code": "bad_video"}
    except Exception as error:  # an error of any kind becomes a sentence for the user
        return {
            "error": _describe(error, build),
            "code": getattr(error, "code", "preparation_failed"),
        }


def _make_lesson(request: WorkerRequest) -> None:
    from rtc_server.authoring.build import write_lesson
    from rtc_server.authoring.video_checks import check_upload
    from rtc_server.uploads.worker_sections import search_elsewhere, search_here

    build = request.build
    _allow_length(check_upload(build))
    if request.sections is None:
        search = search_here(request)
    else:
        search = search_elsewhere(request, lambda count: _send(sections=count))
    # Anew: the network is loaded.
    limit_memory(MEMORY_ALLOWANCE + (build.workers - 1) * DECODER_BYTES)
    write_lesson(request.folder, build, search, ProgressReporter())


def _search_section(request: WorkerRequest, number: int) -> None:
    from rtc_server.authoring.frame_sampler import probe
    from rtc_server.uploads.worker_sections import search_one_section

    _allow_length(probe(request.build.video).duration_s)
    search_one_section(request, number, partial(ProgressReporter(), "poses"))


def _allow_length(length_s: float) -> None:
    """Tell the server how long the lesson is, and set the limit that follows from it."""
    _send(length_s=length_s)
    limit_s = processor_limit_s(length_s)
    limit_processor_time(limit_s, limit_s)


def _describe(error: Exception, build: BuildRequest) -> str:
    """The error for whoever sent the video, who is not told where it lies on the server."""
    if not isinstance(error, EXPECTED):
        frame = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {error}"
        logger.error("%s, in %s:%s", what, Path(frame.filename).name, frame.lineno)
        return f"{build.video_name}: no lesson could be made of it; the server's log says why"
    return error_sentence(error).replace(str(build.video), build.video_name or "the video")


def _too_large(build: BuildRequest) -> str:
    return (
        f"{build.video_name}: expected a video that takes at most "
        f"{MEMORY_ALLOWANCE / 1e9:.0f} GB of memory, got a larger one"
    )


class ProgressReporter:
    """Sends the progress of each step at intervals, and its end once."""

    def __init__(self) -> None:
        self._sent_s: dict[str, float] = {}
        self._ended: set[str] = set()
        self._lock = threading.Lock()  # two steps run at once, each in a thread of its own

    def __call__(self, step: str, done: int, total: int) -> None:
        with self._lock:
            now_s = time.monotonic()
            # A video that is longer than expected ends more than once.
            ends = done >= total and step not in self._ended
            if ends or now_s - self._sent_s.get(step, -math.inf) >= REPORT_INTERVAL_S:
                self._sent_s[step] = now_s
                self._ended |= {step} if ends else set()
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


def _exit_when_too_large() -> None:
    """For systems on which the kernel cannot bound this process's memory."""
    while peak_resident_bytes() < MAX_RESIDENT_BYTES:
        time.sleep(MEMORY_INTERVAL_S)
    _send(error=_too_large(WorkerRequest.from_json(sys.argv[1]).build), code="bad_video")
    os._exit(1)


def _exit_with_server() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(CLEANUP_LIMIT_S)
    os._exit(EXIT_SIGTERM)


if __name__ == "__main__":
    main()
