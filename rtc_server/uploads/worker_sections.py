"""What a worker process has to do with sections: it searches one, or waits for those of others."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from rtc_server.authoring.frame_sampler import probe
from rtc_server.authoring.people.parallel_search import SectionSearch, search_in_threads
from rtc_server.authoring.people.section_files import dump_section, load_section
from rtc_server.authoring.people.section_search import SectionPeople, search_section
from rtc_server.authoring.people.sections import SectionPlan, plan_sections
from rtc_server.authoring.people.tracker import OnSamples, load_pose_network
from rtc_server.authoring.pose_extraction import report_samples
from rtc_server.uploads.worker_messages import MAX_SECTIONS
from rtc_server.uploads.worker_request import WorkerRequest

RESULT = "section.npz"  # in the folder of a worker that searches one section
POLL_S = 0.2


def search_one_section(
    request: WorkerRequest, number: int, on_progress: Callable[[int, int], None]
) -> None:
    """Write to the worker's folder what is found in one section of the video.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    build = request.build
    plan = plan_sections(build.video, build.pose_fps, probe(build.video).duration_s)
    section = plan.sections[number]
    tracker = load_pose_network(build.engine)()
    on_samples = report_samples(on_progress, plan.expected)
    found = search_section(build.video, plan, section, tracker, on_samples)
    (request.folder / RESULT).write_bytes(dump_section(found))


def name_section_file(number: int) -> str:
    """The file that holds what was found in a section, once that is complete."""
    return f"{number:04}.npz"


def search_here(request: WorkerRequest) -> SectionSearch:
    """A search in threads of this process; it loads the pose network."""
    build = request.build
    return search_in_threads(load_pose_network(build.engine, build.workers), build.workers)


def search_elsewhere(request: WorkerRequest, announce: Callable[[int], None]) -> SectionSearch:
    """A search by others, who put what they find into the folder `request.sections`.

    :param announce: is called with the number of sections; a video of one is searched here.
    """

    def search(video: Path, plan: SectionPlan, on_samples: OnSamples) -> list[SectionPeople]:
        count = len(plan.sections)
        if request.sections is None or not 1 < count <= MAX_SECTIONS:
            return search_here(request)(video, plan, on_samples)
        announce(count)
        return _collect(request.sections, count, on_samples)

    return search


def _collect(folder: Path, count: int, on_samples: OnSamples) -> list[SectionPeople]:
    """Wait for the sections' files, in any order.

    The server ends this process if one cannot be made.
    """
    found: dict[int, SectionPeople] = {}
    while len(found) < count:
        for number in range(count):
            file = folder / name_section_file(number)
            if number not in found and file.exists():
                found[number] = load_section(file.read_bytes())
                on_samples(max(0, len(found[number].samples) - found[number].warm_up))
        on_samples(0)  # says that this process is not stuck, and asks whether encoding has failed
        time.sleep(POLL_S)
    return [found[number] for number in range(count)]
