"""Searches the sections of a video for people, several at the same time, in threads.

The network, FFmpeg and OpenCV release Python's lock, so that threads are enough: they share the
network's memory, need no rights that a sandboxed process does not have, and end with their process.
"""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

from rtc_server.authoring.frame_sampler import SampledFrame
from rtc_server.authoring.people.section_search import SectionPeople, search_section
from rtc_server.authoring.people.sections import Section, SectionPlan
from rtc_server.authoring.people.tracker import OnSample, OpenTracker, People


class SearchStopped(Exception):
    """Raised in the other threads after one has failed, or the caller was interrupted."""


def search_sections(
    video: Path, plan: SectionPlan, open_tracker: OpenTracker, on_sample: OnSample, workers: int
) -> list[SectionPeople]:
    """Find everybody in each section of the video, `workers` sections at the same time.

    If one fails, the others end at their next sample.

    :param on_sample: is called by one thread at a time; sections are mixed, each in its own order.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    stopped = threading.Event()
    lock = threading.Lock()

    def check() -> None:
        if stopped.is_set():
            raise SearchStopped

    def on_sample_of_any(sample: SampledFrame, people: People) -> None:
        with lock:
            on_sample(sample, people)

    def search(section: Section) -> SectionPeople:
        return search_section(video, plan, section, open_tracker(), on_sample_of_any, check)

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
