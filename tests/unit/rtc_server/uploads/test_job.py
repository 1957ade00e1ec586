"""Jobs: how far they are, how many may wait, and how long they are remembered."""

import pytest

from rtc_server.errors import JobExists, LessonExists, TooManyJobs, UnknownJob
from rtc_server.uploads.job import Job
from rtc_server.uploads.job_queue import MOST_REMEMBERED, REMEMBERED_S, JobList


def job(*, trimmed: bool = False) -> Job:
    return Job("j", "wave", "Wave", trimmed=trimmed, now_s=100.0)


def told(its: Job, now_s: float, *names: str) -> tuple[object, ...]:
    described = its.describe(now_s)
    return tuple(described[name] for name in names)


def test_an_upload_tells_its_bytes_and_how_long_it_will_take() -> None:
    its = job()
    its.saw("upload", 25, 100)
    assert told(its, 110, "state", "step", "done", "of") == ("uploading", "upload", 25, 100)
    assert told(its, 110, "progress", "eta_s") == (0.25, 30.0)


def test_where_the_length_is_not_known_nothing_is_promised() -> None:
    its = job()
    its.saw("upload", 25, None)
    assert told(its, 110, "done", "of", "progress", "eta_s") == (25, None, 0.0, None)


def test_the_step_is_the_first_that_is_not_done() -> None:
    its = job(trimmed=True)
    its.enter("preparing", 200)
    assert told(its, 200, "step", "done", "of", "progress") == (None, None, None, 0.0)
    its.saw("cut", 9, 10)
    assert told(its, 201, "step") == ("cut",)
    its.saw("cut", 10, 10)
    its.saw("pictures", 1, 10)
    assert told(its, 201, "step") == ("pictures",)
    its.saw("poses", 4, 10)
    assert told(its, 201, "step", "done") == ("poses", 4)
    its.saw("poses", 10, 10)
    assert told(its, 201, "step", "done") == ("pictures", 1)
    for step in ("pictures", "sound"):
        its.saw(step, 10, 10)
    assert told(its, 201, "step", "progress") == ("sound", 1.0)


def test_progress_rises_and_the_rest_is_told_by_the_speed_so_far() -> None:
    its = job()
    its.enter("preparing", 200)
    its.saw("poses", 5, 10)
    its.saw("pictures", 5, 10)
    assert told(its, 210, "progress") == (0.425,)  # sound is still to come
    assert told(its, 210, "eta_s") == (13.5,)
    its.saw("slow sound", 10, 10)  # a step that this table does not know yet
    (progress,) = told(its, 210, "progress")
    assert 0.425 < progress < 1  # type: ignore[operator]


def test_the_end_is_told() -> None:
    its = job()
    its.enter("ready", 300)
    assert told(its, 300, "state", "progress", "error", "lesson") == ("ready", 1.0, None, "wave")
    its.fail("bad_video", "expected a video", 301)
    assert told(its, 301, "state", "code", "error") == ("failed", "bad_video", "expected a video")
    assert its.ended


def test_only_so_many_wait() -> None:
    jobs = JobList(2)
    first, second = (jobs.admit("Wave", (), 0.0) for _ in range(2))
    with pytest.raises(TooManyJobs, match="2 videos wait"):
        jobs.admit("Wave", (), 1.0)
    first.enter("preparing", 1.0)
    third = jobs.admit("Wave", (), 2.0)
    for its in (third, second):
        its.enter("waiting", 3.0 + (its is second))
    assert [jobs.ahead(its) for its in (first, second, third)] == [0, 2, 1]


def test_no_two_lessons_get_one_id() -> None:
    jobs = JobList(9)
    assert jobs.admit("Wave", {"wave"}, 0.0).lesson == "wave-2"
    assert jobs.admit("Wave", {"wave"}, 0.0).lesson == "wave-3"
    with pytest.raises(LessonExists, match="'wave-3' is taken"):
        jobs.admit("Wave", {"wave"}, 0.0, lesson="wave-3")
    its = jobs.admit("Wave", (), 0.0, lesson="jump")
    its.fail("bad_video", "no", 1.0)
    assert jobs.admit("Wave", (), 2.0, lesson="jump").lesson == "jump"


def test_a_job_may_bring_its_own_id_once() -> None:
    jobs = JobList(9)
    assert jobs.admit("Wave", (), 0.0, id="mine").id == "mine"
    with pytest.raises(JobExists):
        jobs.admit("Wave", (), 0.0, id="mine")
    assert len({jobs.admit("Wave", (), 0.0).id for _ in range(3)}) == 3


def test_an_ended_job_is_forgotten_after_an_hour_and_no_other() -> None:
    jobs = JobList(2)
    ended, going = (jobs.admit("Wave", (), 0.0, id=id) for id in "ab")
    ended.enter("ready", 10.0)
    assert jobs.find("a", 10 + REMEMBERED_S) is ended
    with pytest.raises(UnknownJob, match="job of the last hour, got 'a'"):
        jobs.find("a", 11 + REMEMBERED_S)
    assert jobs.find("b", 99 * REMEMBERED_S) is going


def test_the_oldest_of_many_is_forgotten() -> None:
    jobs = JobList(1)
    for k in range(MOST_REMEMBERED + 1):
        jobs.admit("Wave", (), float(k), id=str(k)).enter("failed", float(k))
    with pytest.raises(UnknownJob):
        jobs.find("0", 200.0)
    assert jobs.find("1", 200.0).id == "1"
