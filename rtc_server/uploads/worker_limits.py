"""How much time and how many messages a worker process gets. Pure; time is passed in.

Sports2D's demo (1768×994, VP9) takes 1.9 s of processor time and, on two cores, 1.2 s for each of
its seconds; 4K of 60 frames a second with 16 references takes 3 s of processor time. A part is cut
out first, which decodes it once more. Learners come first and may slow a worker down to a tenth of
the machine.
"""

from __future__ import annotations

from rtc_server.token_bucket import RateLimit

STARTUP_S = 120.0  # of processor time: loading the libraries, and reading the file once
STARTUP_WALL_S = 300.0  # on a machine that learners keep busy
PROCESSOR_S_PER_S = 12.0  # of the lesson
WALL_S_PER_S = 30.0
MAX_WORKERS = 4  # without a setting
# Two steps report ten times a second each.
MESSAGE_LIMIT = RateLimit(50, 500)


def usual_upload_workers(cores: float) -> int:
    """How many sections of an upload are searched at a time: learners have the other cores."""
    return max(1, min(MAX_WORKERS, int(cores / 4)))


def processor_limit_s(lesson_s: float) -> float:
    """The processor time that making a lesson of that length may take, of all threads."""
    return STARTUP_S + PROCESSOR_S_PER_S * lesson_s


def wall_limit_s(lesson_s: float) -> float:
    """How long making a lesson of that length may take."""
    return STARTUP_WALL_S + WALL_S_PER_S * lesson_s
