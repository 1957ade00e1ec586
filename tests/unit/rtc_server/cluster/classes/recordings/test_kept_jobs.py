"""What the report of a class says of its recording, wherever that is by now."""

from __future__ import annotations

from typing import Any

import pytest

from rtc_server.classes.limits import MAX_ENDED
from rtc_server.classes.live.recording.studio import JOB_FIELDS
from rtc_server.cluster.classes.recordings.kept_jobs import KeptJobs
from tests.unit.rtc_server.cluster.classes.recordings.fake_maker import FakeLessonMaker, finish

CODE = "KRT4MW"


def said(state: str, **fields: Any) -> dict[str, Any]:
    """A report as the class's host made it."""
    kept = dict.fromkeys(("job", *JOB_FIELDS)) | {"from_s": 1.5, "state": state, **fields}
    return {"code": CODE, "learners": [], "kept": kept}


@pytest.fixture
def kept() -> KeptJobs:
    return KeptJobs(FakeLessonMaker())


async def take(kept: KeptJobs, code: str = CODE) -> Any:
    job = await kept._maker.submit(finish(code))
    kept.add(code, job)
    return job


async def test_the_report_has_the_job_as_it_is_now(kept: KeptJobs) -> None:
    job = await take(kept)
    job.enter("ready", 1.0)
    report = kept.complete(CODE, said("saving"), is_lost=False)
    assert report["learners"] == []
    assert report["kept"].keys() == {"job", "from_s", *JOB_FIELDS}
    found = [report["kept"][name] for name in ("job", "from_s", "state", "lesson", "title")]
    assert found == ["job 0", 1.5, "ready", "lesson-0", "Tuesday"]


async def test_it_is_kept_that_the_host_died_after_its_recording_was_taken(kept: KeptJobs) -> None:
    await take(kept)
    for before in (said("recording"), said("saving"), {"code": CODE, "kept": None}):
        after = kept.complete(CODE, before, is_lost=True)["kept"]
        assert (after["state"], after["error"], after["job"]) == ("waiting", None, "job 0")


@pytest.mark.parametrize("state", ["recording", "saving"])
def test_a_host_that_dies_before_that_takes_the_recording_along(kept: KeptJobs, state: str) -> None:
    report = kept.complete(CODE, said(state), is_lost=True)["kept"]
    assert (report["state"], report["code"], report["from_s"]) == ("failed", "host_lost", 1.5)
    assert report["error"] == (
        "the session host that recorded the class is gone, and the recording with it"
    )


def test_nothing_is_said_to_be_lost_while_it_is_read(kept: KeptJobs) -> None:
    kept.taking.add(CODE)
    assert kept.complete(CODE, said("saving"), is_lost=True) == said("saving")


@pytest.mark.parametrize(
    "report, is_lost",
    [
        ({"code": CODE, "kept": None}, True),  # a class with a lesson, or that nobody keeps
        (said("failed", error="too short", code="class_too_short"), True),
        (said("waiting", job="j"), True),  # its job is forgotten
        (said("recording"), False),
        (said("saving"), False),
    ],
)
def test_nothing_else_is_changed(kept: KeptJobs, report: dict[str, Any], is_lost: bool) -> None:
    assert kept.complete(CODE, report, is_lost=is_lost) == report


def test_what_another_machine_had_made_stays_made_when_it_is_lost(kept: KeptJobs) -> None:
    kept.update("dance-2", {CODE: {"job": "j", "state": "ready"}, "WWWWWW": {"state": "waiting"}})
    kept.on_machine_gone("dance-1")
    assert kept.complete("WWWWWW", {}, is_lost=False)["kept"]["state"] == "waiting"
    kept.on_machine_gone("dance-2")
    assert kept.complete(CODE, said("saving"), is_lost=True)["kept"]["state"] == "ready"
    lost = kept.complete("WWWWWW", {}, is_lost=False)["kept"]
    assert (lost["state"], lost["code"]) == ("failed", "host_lost")
    kept.update("dance-2", {"WWWWWW": {"state": "ready"}})  # it could not be reached for a while
    assert kept.complete("WWWWWW", said("saving"), is_lost=True)["kept"]["state"] == "ready"


async def test_as_many_are_known_as_reports_are_kept(kept: KeptJobs) -> None:
    for k in range(MAX_ENDED + 1):
        await take(kept, f"class {k}")
        kept.update("dance-2", {f"their class {k}": {"state": "ready"}})
    assert len(kept.describe_own()) == MAX_ENDED
    assert "class 0" not in kept.describe_own()
    assert len(kept._others) == MAX_ENDED
