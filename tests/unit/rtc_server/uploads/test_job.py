"""Jobs: their progress, how many may wait, and how long they are kept."""

import pytest

from rtc_server.authoring.build_request import Part
from rtc_server.errors import JobExists, LessonExists, TooManyJobs, UnknownJob
from rtc_server.uploads.job import Job
from rtc_server.uploads.job_queue import KEEP_ENDED_S, MAX_ENDED, JobQueue
from rtc_server.uploads.request import UploadRequest

MINE = "mine" * 8
WAVE = UploadRequest("Wave")
A_PART = UploadRequest("Wave", part=Part(1.0))


def new_job(request: UploadRequest = WAVE) -> Job:
    return Job(request, "j", "wave", now_s=100.0)


def described(job: Job, now_s: float, *names: str) -> tuple[object, ...]:
    answer = job.describe(now_s)
    return tuple(answer[name] for name in names)


def test_an_upload_reports_its_bytes_and_how_long_it_will_take() -> None:
    job = new_job()
    job.update_step("upload", 25, 100)
    assert described(job, 110, "state", "step", "done", "of") == ("uploading", "upload", 25, 100)
    assert described(job, 110, "progress", "eta_s") == (0.25, 30.0)


def test_without_a_known_length_there_is_no_progress_and_no_eta() -> None:
    job = new_job()
    job.update_step("upload", 25, None)
    assert described(job, 110, "done", "of", "progress", "eta_s") == (25, None, 0.0, None)


def test_the_step_is_the_first_that_is_not_done() -> None:
    job = new_job(A_PART)
    job.enter("preparing", 200)
    assert described(job, 200, "step", "done", "of", "progress") == (None, None, None, 0.0)
    job.update_step("cut", 9, 10)
    assert described(job, 201, "step") == ("cut",)
    job.update_step("cut", 10, 10)
    job.update_step("pictures", 1, 10)
    assert described(job, 201, "step") == ("pictures",)
    job.update_step("poses", 4, 10)
    assert described(job, 201, "step", "done") == ("poses", 4)
    job.update_step("poses", 10, 10)
    assert described(job, 201, "step", "done") == ("pictures", 1)
    for step in ("pictures", "sound"):
        job.update_step(step, 10, 10)
    assert described(job, 201, "step", "progress") == ("sound", 1.0)


def test_progress_rises_and_the_eta_follows_the_speed_so_far() -> None:
    job = new_job()
    job.enter("preparing", 200)
    job.update_step("poses", 5, 10)
    job.update_step("pictures", 5, 10)
    assert described(job, 210, "progress") == (0.425,)  # sound is still to come
    assert described(job, 210, "eta_s") == (13.5,)
    job.update_step("slow sound", 10, 10)  # a step that this table does not know yet
    (progress,) = described(job, 210, "progress")
    assert 0.425 < progress < 1  # type: ignore[operator]


def test_a_job_reports_how_it_ended() -> None:
    job = new_job()
    job.enter("ready", 300)
    assert described(job, 300, "state", "progress", "error", "lesson") == (
        "ready",
        1.0,
        None,
        "wave",
    )
    job.fail("bad_video", "expected a video", 301)
    assert described(job, 301, "state", "code", "error") == (
        "failed",
        "bad_video",
        "expected a video",
    )
    assert job.ended


def test_the_number_of_waiting_jobs_is_limited() -> None:
    jobs = JobQueue(2)
    first, second = (jobs.add(WAVE, (), 0.0) for _ in range(2))
    with pytest.raises(TooManyJobs, match="2 videos wait"):
        jobs.add(WAVE, (), 1.0)
    jobs.begin(first, 1.0)
    third = jobs.add(WAVE, (), 2.0)
    for job in (third, second):
        job.enter("waiting", 3.0 + (job is second))
    assert [jobs.count_ahead(job) for job in (first, second, third)] == [0, 2, 1]


def test_no_two_lessons_get_the_same_id() -> None:
    jobs = JobQueue(9)
    assert jobs.add(WAVE, {"wave"}, 0.0).lesson_id == "wave-2"
    assert jobs.add(WAVE, {"wave"}, 0.0).lesson_id == "wave-3"
    with pytest.raises(LessonExists, match="'wave-3' is taken"):
        jobs.add(UploadRequest("Wave", "wave-3"), {"wave"}, 0.0)
    job = jobs.add(UploadRequest("Wave", "jump"), (), 0.0)
    job.fail("bad_video", "no", 1.0)
    assert jobs.add(UploadRequest("Wave", "jump"), (), 2.0).lesson_id == "jump"


def test_a_request_may_choose_an_id_that_is_new() -> None:
    jobs = JobQueue(9)
    assert jobs.add(UploadRequest("Wave", job_id=MINE), (), 0.0).id == MINE
    with pytest.raises(JobExists):
        jobs.add(UploadRequest("Wave", job_id=MINE), (), 0.0)
    assert len({jobs.add(WAVE, (), 0.0).id for _ in range(3)}) == 3


def test_an_ended_job_is_removed_after_an_hour_and_no_other() -> None:
    jobs = JobQueue(2)
    ended, going = (jobs.add(UploadRequest("Wave", job_id=id * 32), (), 0.0) for id in "ab")
    ended.enter("ready", 10.0)
    assert jobs.find("a" * 32, 10 + KEEP_ENDED_S) is ended
    with pytest.raises(UnknownJob, match=f"job of the last hour, got '{'a' * 32}'"):
        jobs.find("a" * 32, 11 + KEEP_ENDED_S)
    assert jobs.find("b" * 32, 99 * KEEP_ENDED_S) is going


def test_the_oldest_of_many_ended_jobs_is_removed() -> None:
    jobs = JobQueue(1)
    for k in range(MAX_ENDED + 1):
        jobs.add(UploadRequest("Wave", job_id=f"{k:032}"), (), float(k)).enter("failed", float(k))
    with pytest.raises(UnknownJob):
        jobs.find(f"{0:032}", 200.0)
    assert jobs.find(f"{1:032}", 200.0).id == f"{1:032}"


def of(client: str) -> UploadRequest:
    return UploadRequest("Wave", client=client)


def test_one_client_does_not_get_all_places() -> None:
    jobs = JobQueue(4)
    for _ in range(3):
        jobs.add(of("a"), (), 0.0)
    with pytest.raises(TooManyJobs, match="3 of your videos wait"):
        jobs.add(of("a"), (), 0.0)
    jobs.add(of("b"), (), 0.0)
    with pytest.raises(TooManyJobs, match="4 videos wait"):
        jobs.add(of("c"), (), 0.0)


def test_clients_take_turns() -> None:
    jobs = JobQueue(9)
    order = [jobs.add(of(client), (), 0.0) for client in "aaaabb"]
    for k, job in enumerate(order):
        job.enter("waiting", float(k))
    assert [jobs.count_ahead(job) for job in order] == [0, 2, 4, 5, 1, 3]
    began = []
    while (job := jobs.next_to_prepare()) is not None:
        jobs.begin(job, 10.0)
        began.append(job.request.client)
        job.enter("ready", 11.0)
    assert "".join(began) == "ababaa"


def test_uploads_that_are_begun_and_cancelled_are_not_without_end() -> None:
    jobs = JobQueue(4)

    def begin(client: str, now_s: float) -> bool:
        try:
            jobs.add(of(client), (), now_s).enter("cancelled", now_s)
        except TooManyJobs as error:
            assert "many videos in a short time" in str(error)
            return False
        return True

    assert sum(begin("a", 0.0) for _ in range(1000)) == 60
    assert begin("b", 0.0)
    assert sum(begin("a", 60.0) for _ in range(1000)) == 30


def test_a_flood_makes_nobody_elses_job_forgotten() -> None:
    jobs = JobQueue(1)
    mine = jobs.add(UploadRequest("Wave", job_id=MINE, client="me"), (), 0.0)
    mine.enter("ready", 1.0)
    for k in range(2 * MAX_ENDED):
        jobs.add(of("a"), (), 10.0 * k).enter("cancelled", 10.0 * k)
    assert jobs.find(MINE, 2000.0) is mine


def test_bodies_that_are_still_to_come_are_counted() -> None:
    jobs = JobQueue(4)
    job = jobs.add(UploadRequest("Wave", length=1000), (), 0.0)
    jobs.add(UploadRequest("Wave"), (), 0.0)  # of unknown length
    job.update_step("upload", 400, 1000)
    assert jobs.missing_bytes == 600
    job.enter("waiting", 1.0)
    assert jobs.missing_bytes == 0
