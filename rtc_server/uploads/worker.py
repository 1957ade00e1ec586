"""One lesson in the making: `python -m rtc_server.uploads.worker ORDER`, which the server starts.

It says how far it is in lines of JSON on stdout, and ends when its stdin does, so that it never
outlives its server.
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

from rtc_server.error_text import EXPECTED, sentence_of
from rtc_server.errors import BadVideo
from rtc_server.uploads.worker_process import Preparation

# Learners go first: so nice, it gets a tenth of the time that a thread of theirs gets beside it.
NICE = 10
TERMINATED = 143
UNWINDS_WITHIN_S = 5.0
# The threads that look for poses; encoding goes on beside them, so that one leaves none idle.
THREADS = 1
FPS = 5.0
EVERY_S = 0.1  # between two words of one step


def main() -> None:
    """Make the lesson, say what came of it, and be gone."""
    _step_back()
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_leave_with_server, daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="preparing: %(levelname)s: %(message)s")
    order = Preparation.read(sys.argv[1])
    try:
        outcome = _outcome(order)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # too late: it is done
        _say(**outcome)
    finally:
        # Everything is closed by now. What Python and the engine would do on their way out takes a
        # while, and some threads of theirs never leave.
        sys.stderr.flush()
        os._exit(0)


def _outcome(order: Preparation) -> dict[str, str]:
    try:
        return {"ready": _make(order)}
    except Exception as error:  # whatever it is, the user gets a sentence
        if not isinstance(error, (*EXPECTED, OSError)):
            traceback.print_exc()
        sentence = sentence_of(error).replace(order.video, order.name)
        return {"error": sentence, "code": getattr(error, "code", "preparation_failed")}


def _make(order: Preparation) -> str:
    """The lesson's id. Imports late: they cost this process's time, once it has stepped back."""
    from rtc_server.authoring.build import make_lesson
    from rtc_server.authoring.frame_sampler import probe
    from rtc_server.authoring.pose_extraction import open_poser
    from rtc_server.authoring.trim import Part
    from rtc_server.lessons.store import LessonStore

    video = Path(order.video)
    part = Part.wanted(order.from_s, order.to_s)
    length_s = probe(video).duration_s
    if part is not None:
        begin, end = part.within(length_s)
        length_s = float(end - begin)
    if length_s > order.max_s:
        raise BadVideo(
            f"{video}: expected at most {order.max_s:g} s, got {length_s:.1f} s; take a part of it"
        )
    lesson = make_lesson(
        video,
        LessonStore(Path(order.lessons)),
        order.id,
        title=order.title,
        fps=FPS,
        poser=open_poser(order.engine, THREADS),
        progress=_Teller(),
        part=part,
        bring=Path.rename,
    )
    return lesson.id


class _Teller:
    """Says how far each step is, now and then, and when it is done."""

    def __init__(self) -> None:
        self._said_s: dict[str, float] = {}
        self._lock = threading.Lock()  # two steps go on at once, each in a thread

    def __call__(self, step: str, done: int, of: int) -> None:
        with self._lock:
            now_s = time.monotonic()
            if done >= of or now_s - self._said_s.get(step, 0.0) >= EVERY_S:
                self._said_s[step] = now_s
                _say(step=step, done=done, of=of)


def _say(**words: object) -> None:
    print(json.dumps(words), flush=True)


def _step_back() -> None:
    """Let learners go first; and if memory runs out, let it be this process that goes."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    with contextlib.suppress(OSError):
        # Where Linux shares processor time out among sessions first (this process leads one),
        # niceness counts only within one: sched(7), "The autogroup feature".
        Path("/proc/self/autogroup").write_text(str(NICE))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Unwind, so that nothing half-made is left behind."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: twice would cut the first short
    raise SystemExit(TERMINATED)


def _leave_with_server() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(UNWINDS_WITHIN_S)
    os._exit(TERMINATED)


if __name__ == "__main__":
    main()
