"""A video becomes a lesson over HTTP, or a sentence that says why not; nothing else is left."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import cv2
import numpy as np
import pytest
import pytest_asyncio

from rtc_server.authoring.people.parallel_search import search_in_threads
from rtc_server.authoring.people.tracker import load_pose_network
from rtc_server.authoring.pose_extraction import extract_poses
from rtc_server.cli import main
from rtc_server.lessons.store import LessonStore
from tests.clips import write_clip
from tests.integration.uploads.upload_server import (
    UploadServer,
    half_made,
    held_upload,
    problem,
    upload_server,
    worker_pids,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
TRIM = {"from_s": "1", "to_s": "3.5"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[UploadServer]:
    async with upload_server(
        tmp_path_factory.mktemp("store"), upload_max_mb=2, upload_max_s=4, upload_queue=2
    ) as open_desk:
        yield open_desk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lesson(store: UploadServer, short_film: Path) -> dict[str, Any]:
    """A lesson of 2.5 of the film's 5 seconds, as its metadata tell it."""
    response = await store.upload(short_film, title="첫 번째 춤", **TRIM)
    assert response.status == 202, await response.text()
    job = await response.json()
    assert response.headers["Location"] == f"/api/jobs/{job['id']}"
    job = await store.wait_for(job["id"], "ready", "failed")
    assert (job["state"], job["error"], job["progress"]) == ("ready", None, 1.0)
    found: dict[str, Any] = await (await store.http.get(f"/api/lessons/{job['lesson']}")).json()
    return found


async def test_a_part_of_a_video_becomes_a_lesson(
    store: UploadServer, lesson: dict[str, Any]
) -> None:
    assert (lesson["id"], lesson["title"]) == ("ceos-beonjjae-cum", "첫 번째 춤")
    assert lesson["duration_s"] == pytest.approx(2.5)
    assert (lesson["width"], lesson["height"], lesson["samples"]) == (240, 320, 13)
    assert [its["id"] for its in await (await store.http.get("/api/lessons")).json()] == [
        lesson["id"]
    ]
    assert store.left() == [lesson["id"]]
    assert worker_pids(store.lessons) == []


async def test_its_poses_are_those_that_lesson_add_finds(
    store: UploadServer, lesson: dict[str, Any]
) -> None:
    """Which looks with more threads: the same sums, up to the order of their terms."""
    kept = LessonStore(store.lessons).get(lesson["id"])
    again = extract_poses(kept.source_path, 5, search_in_threads(load_pose_network(), 1))
    np.testing.assert_allclose(kept.poses().xy, again.xy, atol=1e-3)


async def test_its_poses_can_be_drawn_over_its_video(
    store: UploadServer, lesson: dict[str, Any]
) -> None:
    poses = await (await store.http.get(f"/api/lessons/{lesson['id']}/poses.json")).json()
    assert (poses["fps"], poses["width"], poses["height"]) == (5, 240, 320)
    assert [sample["t_s"] for sample in poses["samples"]] == [k / 5 for k in range(13)]
    joints = np.array([s["people"][0]["keypoints"] for s in poses["samples"]], float)
    assert np.isfinite(joints[:, 1:14, 0]).mean() > 0.9  # the body's, not the face's
    video = await store.http.get(f"/api/lessons/{lesson['id']}/video")
    assert video.content_type == "video/mp4"


async def test_its_timeline_is_one_picture(store: UploadServer, lesson: dict[str, Any]) -> None:
    form = lesson["thumbnails"]
    assert form == {"count": 3, "every_s": 1, "columns": 3, "rows": 1, "width": 68, "height": 90}
    response = await store.http.get(f"/api/lessons/{lesson['id']}/thumbnails.jpg")
    assert response.content_type == "image/jpeg"
    sheet = cv2.imdecode(np.frombuffer(await response.read(), np.uint8), cv2.IMREAD_COLOR)
    assert sheet.shape == (90, 3 * 68, 3)


async def test_a_lesson_is_cut_into_another_one(
    store: UploadServer, lesson: dict[str, Any]
) -> None:
    """Without being sent again; the whole one stays until its owner removes it."""
    for query, status in (({"of": "none", "to_s": "1"}, 404), ({"of": lesson["id"]}, 400)):
        await problem(await store.http.post("/api/lessons", params=query), status)
    query = {"of": lesson["id"], "from_s": "0.5", "to_s": "2"}
    job = await (await store.http.post("/api/lessons", params=query)).json()
    job = await store.wait_for(job["id"], "ready", "failed")
    assert (job["lesson"], job["title"], job["error"]) == (f"{lesson['id']}-2", "첫 번째 춤", None)
    part = await (await store.http.get(f"/api/lessons/{job['lesson']}")).json()
    assert part["duration_s"] == pytest.approx(1.5)
    assert store.left() == [lesson["id"], job["lesson"]]
    assert (await store.http.delete(f"/api/lessons/{job['lesson']}")).status == 204


async def test_a_lesson_can_be_renamed(store: UploadServer, lesson: dict[str, Any]) -> None:
    place = f"/api/lessons/{lesson['id']}"
    renamed = await (await store.http.patch(place, json={"title": "  두 번째  춤 "})).json()
    assert renamed == lesson | {"title": "두 번째 춤"}
    assert await (await store.http.get(place)).json() == renamed
    for body, sentence in (({"title": ""}, "1 to 120"), ({}, "expected text"), ([], "object")):
        answer = await problem(await store.http.patch(place, json=body), 400)
        assert sentence in answer["detail"]
    await problem(await store.http.patch("/api/lessons/none", json={"title": "x"}), 404)


async def test_the_demo_stays_as_it_is(store: UploadServer) -> None:
    for answer in (
        await store.http.delete("/api/lessons/demo"),
        await store.http.patch("/api/lessons/demo", json={"title": "x"}),
    ):
        assert (await problem(answer, 403))["code"] == "bundled_lesson"
    assert (await problem(await store.upload(b"x", title="x", id="demo"), 409))["code"]


async def test_a_taken_id_is_refused_and_a_taken_title_gets_a_number(
    store: UploadServer, lesson: dict[str, Any]
) -> None:
    answer = await problem(await store.upload(b"x", title="x", id=lesson["id"]), 409)
    assert answer["code"] == "lesson_exists" and lesson["id"] in answer["detail"]
    job = await store.add_job(b"x", title="첫 번째 춤")
    assert job["lesson"] == f"{lesson['id']}-2"
    await store.wait_for(job["id"], "failed")


async def test_a_bad_file_gets_the_sentence_that_lesson_add_gives(
    store: UploadServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "notes.mp4"
    notes.write_text("step left, step right\n" * 50)
    job = await store.add_job(notes, title="Notes")
    job = await store.wait_for(job["id"], "failed", "ready")
    assert main(["lesson", "add", str(notes), "--id", "x", "--lessons", str(tmp_path)]) == 1
    said = capsys.readouterr().err.strip().removeprefix("error: ")
    assert job["error"] == said.replace(str(notes), "notes.mp4")
    assert job["code"] == "bad_video"
    assert "notes" not in store.left() and not half_made(store)


async def test_a_video_that_is_too_long_is_refused(store: UploadServer, short_film: Path) -> None:
    job = await store.add_job(short_film, title="Long")
    job = await store.wait_for(job["id"], "failed", "ready")
    assert job["error"] == "short.mp4: expected at most 4 s, got 5.0 s; take a part of it"
    assert not half_made(store)


async def test_an_empty_room_is_no_lesson(store: UploadServer, tmp_path: Path) -> None:
    room = write_clip(tmp_path / "room.mp4", [0.0, 0.5], last_s=0.5)
    job = await store.add_job(room, title="Room")
    job = await store.wait_for(job["id"], "failed", "ready")
    assert job["code"] == "nobody_in_picture"
    assert job["error"] == ("room.mp4: expected a person to follow, found one in 0 of 5 samples")
    assert "room" not in store.left() and not half_made(store)


async def test_a_job_is_called_off_while_it_works(store: UploadServer, short_film: Path) -> None:
    job = await store.add_job(short_film, title="Off", from_s="0", to_s="4")
    async with asyncio.timeout(60):
        while (await store.job(job["id"]))["step"] in (None, "cut"):
            await asyncio.sleep(0.05)
    assert len(worker_pids(store.lessons)) == 1
    began_s = time.monotonic()
    assert (await store.http.delete(f"/api/jobs/{job['id']}")).status == 204
    assert time.monotonic() - began_s < 3
    assert (await store.job(job["id"]))["state"] == "cancelled"
    assert "off" not in store.left() and not half_made(store)
    assert worker_pids(store.lessons) == []
    assert (await store.http.delete(f"/api/jobs/{job['id']}")).status == 204
    await problem(await store.http.get(f"/api/jobs/{job['id']}"), 404)


async def test_too_many_bytes_are_refused_before_they_come(store: UploadServer) -> None:
    answer = await problem(await store.upload(bytes(2_500_000), title="Large"), 413)
    assert "at most 2 MB, got 2.5 MB" in answer["detail"]
    assert not half_made(store)


async def test_too_many_bytes_of_an_untold_length_are_refused_as_they_come(
    store: UploadServer,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(100_000)

    answer = await problem(await store.upload(endless(), title="Large"), 413)
    assert "at most 2 MB" in answer["detail"]
    assert not half_made(store)


async def test_a_body_that_breaks_off_leaves_nothing(store: UploadServer) -> None:
    async with held_upload(store, "Cut") as job:
        pass  # whoever sends it goes away
    async with asyncio.timeout(10):
        while (await store.job(job))["state"] == "uploading":
            await asyncio.sleep(0.02)
    its = await store.job(job)
    assert (its["state"], its["code"]) == ("failed", "broken_upload")
    assert "broke off" in its["error"]
    assert not half_made(store)


async def test_an_upload_is_called_off_while_it_comes(store: UploadServer) -> None:
    async with held_upload(store, "Off") as job:
        assert half_made(store)
        assert (await store.http.delete(f"/api/jobs/{job}")).status == 204
        assert (await store.job(job))["state"] == "cancelled"
        assert not half_made(store)


async def test_more_than_may_wait_are_refused(store: UploadServer) -> None:
    async with held_upload(store, "One"), held_upload(store, "Two"):
        response = await store.upload(b"x", title="Three")
        answer = await problem(response, 503)
        assert answer["code"] == "too_many_jobs" and "2 videos wait" in answer["detail"]
        assert int(response.headers["Retry-After"]) > 0
    counted = re.search(
        r"^tandem_uploads_refused_total (\S+)$",
        await (await store.http.get("/metrics")).text(),
        re.MULTILINE,
    )
    assert counted and float(counted[1]) > 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "expected ?title="),
        ({"title": "x", "id": "No Id"}, "id: expected a lesson id"),
        ({"title": "x" * 121}, "1 to 120 characters, got 121"),
        ({"title": "x", "from_s": "two"}, "from_s: expected a number of seconds, got 'two'"),
        ({"title": "x", "from_s": "nan"}, "expected a part"),
        ({"title": "x", "from_s": "3", "to_s": "2"}, "expected a part of at least 0.5 s"),
        ({"title": "x", "job": "guess"}, "job: expected 32 to 64"),
    ],
)
async def test_a_wrong_wish_is_refused(
    store: UploadServer, query: dict[str, str], sentence: str
) -> None:
    assert sentence in (await problem(await store.upload(b"x", **query), 400))["detail"]


async def test_an_empty_body_is_refused(store: UploadServer) -> None:
    assert "got nothing" in (await problem(await store.upload(b"", title="x"), 400))["detail"]


async def test_a_form_is_not_a_video(store: UploadServer) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"x", filename="a.mp4")
    answer = await problem(await store.http.post("/api/lessons?title=x", data=form), 415)
    assert "the video itself as the body" in answer["detail"]


async def test_a_lesson_can_be_removed(store: UploadServer, lesson: dict[str, Any]) -> None:
    """Last in this file: the lesson is everybody's."""
    place = f"/api/lessons/{lesson['id']}"
    assert (await store.http.delete(place)).status == 204
    await problem(await store.http.get(place), 404)
    await problem(await store.http.delete(place), 404)
    assert store.left() == []
