"""Searches the sections of a video for people, several at the same time, in threads.

The network, FFmpeg and OpenCV release Python's lock, so that threads are enough: they share the
network's memory, need no rights that a sandboxed process does not have, and end with their process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path

from rtc_server.authoring.people.section_search import SectionPeople, search_section
from rtc_server.authoring.people.sections import Section, SectionPlan
from rtc_server.authoring.people.tracker import OnSamples, OpenTracker


class SearchStopped(Exception):
    """Raised in the other threads after one has failed, or the caller was interrupted."""


# Finds everybody in each section of a video; also elsewhere than in this process.
SectionSearch = Callable[[Path, SectionPlan, OnSamples], list[SectionPeople]]


def search_in_threads(open_tracker: OpenTracker, workers: int) -> SectionSearch:
    """A search of `workers` sections at the same time, each with a tracker of its own."""
    return partial(search_sections, open_tracker, workers)


def search_sections(
    open_tracker: OpenTracker, workers: int, video: Path, plan: SectionPlan, on_samples: OnSamples
) -> list[SectionPeople]:
    """Find everybody in each section of the video, `workers` sections at the same time.

    If one fails, the others end at their next sample.

    :param on_samples: is called by one thread at a time.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    stopped = threading.Event()
    lock = threading.Lock()

    def check() -> None:
        if stopped.is_set():
            raise SearchStopped

    def on_samples_of_any(count: int) -> None:
        with lock:
            on_samples(count)

    def search(section: Section) -> SectionPeople:
        return search_section(video, plan, section, open_tracker(), on_samples_of_any, check)

    with ThreadPoolExecutor(min(workers, len(plan.sections)), "people") as threads:
        try:
            searches = [threads.submit(search, section) for section in plan.sections]
            failed = wait(searches, return_when=FIRST_EXCEPTION)
            for one in sorted(failed.done, key=searches.index):
                one.result()
            return [one.result() for one in searches]
        finally:
            stopped.set()
            threads.shutdown(cancel_futures=True)
