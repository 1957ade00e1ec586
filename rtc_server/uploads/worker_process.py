"""Makes a lesson in a process of its own: starts it, reads its messages, ends it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from rtc_server.authoring.build_request import BuildRequest
from rtc_server.errors import PreparationFailed, TandemError
from rtc_server.progress import Progress
from rtc_server.uploads.cancellation import finish_before_cancelling

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
MODULE = "rtc_server.uploads.worker"
# A worker that sends no message for so long is stuck.
MAX_SILENCE_S = 120.0
# A worker is killed if it is still running so long after SIGTERM.
TERMINATION_LIMIT_S = 1.5


class BuildRefused(TandemError):
    """The worker's reason why there is no lesson, with the code of the error in the worker."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


async def run_worker(request: BuildRequest, on_progress: Progress) -> None:
    """Wait until the lesson is in the store; cancelling this ends the worker within 2 s.

    :raises BuildRefused: no lesson can be made of the video.
    :raises PreparationFailed: the worker ended without saying why, or is stuck.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", MODULE, request.to_json()),
        stdin=PIPE,  # nothing is written to it: its end tells the worker that the server is gone
        stdout=PIPE,
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C in the terminal then reaches the server only
    )
    try:
        if not await _read_messages(process, on_progress):
            raise PreparationFailed(
                f"{request.video_name or request.video}: expected a lesson, the process that made "
                f"it ended with status {await process.wait()}; the server's log says why"
            )
    finally:
        await finish_before_cancelling(_stop(process))


async def _read_messages(process: Process, on_progress: Progress) -> bool:
    """Read the worker's messages until its last one; return whether there is a lesson.

    :raises BuildRefused: the worker says why there is none.
    :raises PreparationFailed: the worker is stuck.
    """
    assert process.stdout
    while True:
        try:
            async with asyncio.timeout(MAX_SILENCE_S):
                line = await process.stdout.readline()
        except TimeoutError:
            raise PreparationFailed(
                f"expected progress at least every {MAX_SILENCE_S:.0f} s from the process that "
                "makes the lesson, got none"
            ) from None
        if not line:
            return False
        match json.loads(line):
            case {"step": str(step), "done": int(done), "of": int(total)}:
                on_progress(step, done, total)
            case {"ready": str()}:
                return True
            case {"error": str(sentence), "code": str(code)}:
                raise BuildRefused(code, sentence)
            case other:
                logger.warning("unknown message of the worker: %r", other)


async def _stop(process: Process) -> None:
    """End the worker and everything that it may have started."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(TERMINATION_LIMIT_S):
            await process.communicate()
    except TimeoutError:
        _kill(process)
        await process.communicate()


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):  # the worker leads a session of its own
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
