"""Makes the films and lessons that most tests share, all at once: `python -m tests.prepare`.

Whatever is missing later is made by the first test that needs it, while the others wait for it.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from tests import made
from tests.browser.support import camera_film

# What takes longest comes first. The oracle's lesson would else be made while nothing may run
# beside the test that needs it.
MAKERS = (
    *(made.demo_lessons, camera_film.dance_film, made.oracle_lessons),
    *(made.short_lessons, camera_film.noise_film),
)


def make(number: int) -> None:
    """Make one of them without a word about its progress."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        MAKERS[number]()


def main() -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(MAKERS), os.cpu_count() or 1), context) as pool:
        list(pool.map(make, range(len(MAKERS))))


if __name__ == "__main__":
    main()
