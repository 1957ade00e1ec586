"""A lesson prepared in a process of its own: what it is asked, how far it is, how it is ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rtc_server.errors import PreparationFailed, TandemError
from rtc_server.uploads.finishing import to_the_end

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
MODULE = "rtc_server.uploads.worker"
# A process that says nothing for so long will not come to an end.
SILENCE_S = 120.0
# How long one may take to leave in good order; then it is killed.
LEAVES_WITHIN_S = 1.5

# Called with (step, done, of).
Heard = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is to be made of which video."""

    video: str  # a path; the file is taken
    name: str  # of the video, for sentences
    lessons: str  # the store's folder
    id: str
    title: str
    engine: str
    max_s: float  # of the lesson
    from_s: float | None
    to_s: float | None

    @classmethod
    def read(cls, text: str) -> Preparation:
        """What `as_text` wrote."""
        return cls(**json.loads(text))

    def as_text(self) -> str:
        """One line, for the process's command line."""
        return json.dumps(asdict(self))


class Refused(TandemError):
    """The process says why there is no lesson, with the error's own code."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


async def prepare(preparation: Preparation, heard: Heard) -> None:
    """Wait until the lesson is in the store. Cancelling this ends the process within 2 s.

    :raises Refused: no lesson can be made of it.
    :raises PreparationFailed: the process ended without a word, or stands still.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", MODULE, preparation.as_text()),
        stdin=PIPE,  # never written to: its end tells the process that we are gone
        stdout=PIPE,
        cwd=ROOT,
        start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on
    )
    try:
        if not await _listen(process, heard):
            raise PreparationFailed(
                f"{preparation.name}: expected a lesson, the process that made it ended with "
                f"status {await process.wait()}; the server's log says why"
            )
    finally:
        await to_the_end(_end(process))


async def _listen(process: Process, heard: Heard) -> bool:
    """Pass on what it says; whether there is a lesson at its end.

    :raises Refused: it says why there is none.
    :raises PreparationFailed: it stands still.
    """
    assert process.stdout
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                line = await process.stdout.readline()
        except TimeoutError:
            raise PreparationFailed(
                f"expected a word from the preparation every {SILENCE_S:.0f} s, it stands still"
            ) from None
        if not line:
            return False
        match json.loads(line):
            case {"step": str(step), "done": int(done), "of": int(of)}:
                heard(step, done, of)
            case {"ready": str()}:
                return True
            case {"error": str(sentence), "code": str(code)}:
                raise Refused(code, sentence)
            case other:
                logger.warning("the preparation said %r", other)


async def _end(process: Process) -> None:
    """See that the process is gone, and whatever it may have started."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(LEAVES_WITHIN_S):
            await process.communicate()
    except TimeoutError:
        _kill(process)
        await process.communicate()


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):  # it leads a session of its own
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
