"""Makes a lesson in a process of its own: starts it, reads its messages, ends it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from pathlib import Path

from rtc_server.errors import PreparationFailed, TandemError
from rtc_server.progress import Progress
from rtc_server.uploads.cancellation import finish_before_cancelling
from rtc_server.uploads.sandbox.mechanisms import missing_mechanisms
from rtc_server.uploads.worker_limits import processor_limit_s
from rtc_server.uploads.worker_messages import (
    MAX_LINE,
    LessonLength,
    LessonMade,
    LessonRefused,
    SandboxEntered,
    SectionsPlanned,
    StepProgress,
    parse_message,
)
from rtc_server.uploads.worker_output import read_first_bytes, to_log_line
from rtc_server.uploads.worker_request import WorkerRequest
from rtc_server.uploads.worker_watch import WorkerWatch

# Called with how many sections there are.
OnSections = Callable[[int], None]

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
MODULE = "rtc_server.uploads.worker"
# A worker that sends no message for so long is stuck.
MAX_SILENCE_S = 120.0
# A worker is killed if it is still running so long after SIGTERM.
TERMINATION_LIMIT_S = 1.5
KILL_LIMIT_S = 5.0
# What a worker gets of the server's environment: nothing that is secret, such as a token.
ENVIRONMENT = ("PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT", "PYTHONHASHSEED")
ENVIRONMENT_PREFIXES = ("LC_", "OMP_", "KMP_", "OPENBLAS_", "OV_", "TF_", "TBB_", "DYLD_")
FOLDERS = ("HOME", "TMPDIR", "TMP", "TEMP")


class BuildRefused(TandemError):
    """The worker's reason why there is no lesson, with the code of the error in the worker."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


async def run_worker(
    request: WorkerRequest, on_progress: Progress, on_sections: OnSections = lambda _count: None
) -> None:
    """Wait until the lesson is in its folder; cancelling this ends the worker within 2 s.

    :param on_sections: is called if the worker waits for others to search the video's sections.
    :raises BuildRefused: no lesson can be made of the video.
    :raises PreparationFailed: the worker ended without saying why, is stuck, or took too much time,
        memory or room on the disk.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", MODULE, request.to_json()),
        stdin=PIPE,  # nothing is written to it: its end tells the worker that the server is gone
        stdout=PIPE,
        stderr=PIPE,  # not the server's own: it may be a terminal, which obeys what is written
        limit=MAX_LINE,
        cwd=request.scratch,
        env=worker_environment(os.environ, request.scratch),
        start_new_session=True,  # Ctrl-C in the terminal then reaches the server only
    )
    assert process.stderr
    complaints = asyncio.create_task(read_first_bytes(process.stderr))
    try:
        await _until_made(process, request, on_progress, on_sections)
    except (BuildRefused, PreparationFailed) as failure:
        await finish_before_cancelling(_stop(process, complaints))
        if failure.code == PreparationFailed.code:
            logger.warning("%s; the worker said: %s", failure, _last_words(complaints))
        raise
    finally:
        await finish_before_cancelling(_stop(process, complaints))


def worker_environment(environ: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """The environment of a worker, whose home and temporary folder are its own."""
    kept = {
        name: value
        for name, value in environ.items()
        if name in ENVIRONMENT or name.startswith(ENVIRONMENT_PREFIXES)
    }
    own = dict.fromkeys(FOLDERS, str(scratch))
    return kept | own | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


async def _until_made(
    process: Process, request: WorkerRequest, on_progress: Progress, on_sections: OnSections
) -> None:
    """Read messages and watch the process at the same time; what ends first decides."""
    most_s = request.build.max_duration_s or 0.0
    watch = WorkerWatch(
        *(process.pid, request.folder, most_s, asyncio.get_running_loop().time),
        workers=request.build.workers,
    )
    reading = asyncio.create_task(_read_messages(process, watch, on_progress, on_sections))
    watching = asyncio.create_task(watch.run())
    try:
        await asyncio.wait((reading, watching), return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            watching.result()  # raises what is wrong
        if not reading.result():
            raise PreparationFailed(await _explain_end(process, request, watch))
    finally:
        for task in (reading, watching):
            task.cancel()
        await asyncio.gather(reading, watching, return_exceptions=True)


async def _read_messages(
    process: Process, watch: WorkerWatch, on_progress: Progress, on_sections: OnSections
) -> bool:
    """Read the worker's messages until its last one; return whether there is a lesson.

    :raises BuildRefused: the worker says why there is none.
    :raises PreparationFailed: the worker is stuck, or does not speak as workers do.
    """
    assert process.stdout
    while line := await _read_line(process.stdout):
        watch.on_message()
        match parse_message(line):
            case StepProgress(step, done, total):
                on_progress(step, done, total)
            case LessonLength(length_s):
                watch.on_length(length_s)
            case SectionsPlanned(count):
                on_sections(count)
            case SandboxEntered(mechanisms):
                logger.debug("worker %d: %s", process.pid, ", ".join(mechanisms) or "no sandbox")
                if missing := missing_mechanisms(mechanisms):
                    logger.warning("a worker is not kept by %s", ", ".join(missing))
            case LessonMade():
                return True
            case LessonRefused(code, sentence):
                raise BuildRefused(code, sentence)
    return False


async def _read_line(stdout: asyncio.StreamReader) -> bytes:
    """One line; none at the end.

    :raises PreparationFailed: nothing comes for MAX_SILENCE_S, or a line without an end.
    """
    try:
        async with asyncio.timeout(MAX_SILENCE_S):
            return await stdout.readline()
    except TimeoutError:
        raise PreparationFailed(
            f"expected progress at least every {MAX_SILENCE_S:.0f} s from the process that "
            "makes the lesson, got none"
        ) from None
    except ValueError:
        raise PreparationFailed(
            f"expected lines of at most {MAX_LINE} bytes from the process that makes the lesson, "
            "got a longer one"
        ) from None


async def _explain_end(process: Process, request: WorkerRequest, watch: WorkerWatch) -> str:
    """Why a worker may have ended that has not said so itself."""
    name = request.build.video_name or "the video"
    try:
        async with asyncio.timeout(TERMINATION_LIMIT_S):
            status = await process.wait()
    except TimeoutError:
        return f"{name}: expected messages of the process that makes the lesson, it closed its end"
    if sys.platform != "win32" and status == -signal.SIGXCPU:
        most_s = processor_limit_s(watch.length_s)
        return f"{name}: expected a lesson after {most_s:.0f} s of processor time, there is none"
    if sys.platform != "win32" and status == -signal.SIGKILL:
        return f"{name}: the process that makes the lesson was killed; it may take too much memory"
    return (
        f"{name}: expected a lesson, the process that made it ended with status {status}; "
        "the server's log says why"
    )


async def _stop(process: Process, complaints: asyncio.Task[bytes]) -> None:
    """End the worker and everything that it may have started."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    assert process.stdout
    discarding = asyncio.create_task(read_first_bytes(process.stdout))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TERMINATION_LIMIT_S):
            await process.wait()
    if process.returncode is None:
        _kill(process)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(KILL_LIMIT_S):
            await asyncio.gather(process.wait(), complaints, discarding)
    for task in (complaints, discarding):
        task.cancel()
    await asyncio.gather(complaints, discarding, return_exceptions=True)


def _last_words(complaints: asyncio.Task[bytes]) -> str:
    """The end of what a worker that has ended wrote to its stderr."""
    if complaints.cancelled() or complaints.exception() is not None:
        return "nothing"
    return to_log_line(complaints.result()) or "nothing"


def _kill(process: Process) -> None:
    """Kill the process, wherever it has gone, and the session that it has led."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
