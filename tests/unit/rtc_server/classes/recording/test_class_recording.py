"""What a teacher may keep, and what becomes of it when the class ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rtc_server.classes.errors import KeepRefused
from rtc_server.classes.live.recording import class_recording
from rtc_server.classes.live.recording.class_recording import ClassRecording
from rtc_server.classes.live.recording.limits import RecordingLimits, RecordingSpace
from rtc_server.classes.live.recording.studio import RecordingStudio, UploadedRecordings
from rtc_server.classes.options import KeepRight
from rtc_server.errors import ServerStopping, TooManyJobs, UploadsOff
from rtc_server.sync.player import Player
from rtc_server.uploads.job import Job
from rtc_server.uploads.request import UploadRequest
from rtc_server.uploads.request_body import Body
from rtc_server.webrtc.jitter_buffer import EncodedFrame
from rtc_server.webrtc.live.source import LiveSource
from tests.unit.rtc_server.classes.people import Clock
from tests.unit.rtc_server.classes.recording.films import FPS, encode, look_into


@dataclass
class Uploads:
    """Takes videos, or refuses them."""

    folder: Path
    refusals: list[Exception] = field(default_factory=list)
    requests: list[UploadRequest] = field(default_factory=list)

    async def accept(self, request: UploadRequest, body: Body) -> Job:
        if self.refusals:
            raise self.refusals.pop(0)
        self.requests.append(request)
        content = b"".join([piece async for piece in body])
        assert len(content) == request.length
        (self.folder / f"sent{request.suffix}").write_bytes(content)
        return Job(request, "f" * 32, "tuesday", 0.0)

    def describe_job(self, job: Job) -> dict[str, object]:
        return job.describe(0.0)


class LiveClass:
    """A class whose teacher sends VP8."""

    def __init__(self, folder: Path, right: KeepRight, start: Any, refusals: Any) -> None:
        self.lessons = folder / "lessons"
        self.now = Clock()
        self.source = LiveSource(self.now)
        self.uploads = Uploads(folder, list(refusals))
        limits, space = RecordingLimits(60.0, 10**7), RecordingSpace(10**7)
        maker = UploadedRecordings(lambda: self.uploads)
        studio = RecordingStudio(self.lessons, limits, space, maker)
        self.recording = ClassRecording("KRT4MW", "Tuesday", self.source, right, studio, start)
        self.player = Player(7200.0, self.now)
        self._rtp = 0

    def begin(self) -> None:
        self.recording.player = self.player
        self.player.play()

    def dance(self, seconds: float) -> None:
        frames = encode("VP8")
        for k in range(round(seconds * FPS)):
            self.now.now_s += 1 / FPS
            self._rtp += 90_000 // FPS
            data, is_key = frames[k % len(frames)], k % len(frames) == 0
            self.source.take("VP8", EncodedFrame(data, self._rtp, 97, False, (data,)), is_key)

    @property
    def files(self) -> list[Path]:
        return [path for path in self.lessons.rglob("*") if path.is_file()]

    async def end(self) -> Any:
        self.recording.end()
        await self.recording.wait_until_handed_over()
        return self.recording.describe_kept()


@asynccontextmanager
async def live_class(
    folder: Path, right: KeepRight | None = None, refusals: tuple[Exception, ...] = ()
) -> AsyncIterator[LiveClass]:
    tasks: set[asyncio.Task[None]] = set()

    def start(part: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(part)
        tasks.add(task)
        return task

    room = LiveClass(folder, right or KeepRight(), start, refusals)
    yield room
    await room.recording.close()
    await asyncio.wait(tasks) if tasks else None
    assert room.files == []


async def test_a_class_that_is_kept_goes_the_way_of_an_upload(tmp_path: Path) -> None:
    right = KeepRight(client="203.0.113.0/24", address="203.0.113.7")
    async with live_class(tmp_path, right) as room:
        room.recording.set_keep(keep=True)
        assert room.recording.keep
        assert room.recording.describe()["state"] == "waiting"
        room.begin()
        room.dance(6.0)
        assert room.recording.describe()["state"] == "on"
        kept = await room.end()
    (request,) = room.uploads.requests
    assert (request.title, request.client) == ("Tuesday", "203.0.113.0/24")
    assert kept["job"] == "f" * 32
    assert kept["lesson"] == "tuesday"
    assert kept["from_s"] == pytest.approx(1 / FPS, abs=0.002)
    assert len(look_into(tmp_path / "sent.webm").frames_s) == 180


async def test_who_keeps_nothing_leaves_nothing(tmp_path: Path) -> None:
    async with live_class(tmp_path) as room:
        room.begin()
        room.dance(6.0)
        assert room.recording.describe() == {"state": "off", "why": None, "why_code": None}
        assert await room.end() is None
    assert not room.uploads.requests


async def test_switched_off_it_is_thrown_away_and_on_again_it_begins_anew(tmp_path: Path) -> None:
    async with live_class(tmp_path) as room:
        room.begin()
        room.recording.set_keep(keep=True)
        room.dance(6.0)
        room.recording.set_keep(keep=False)
        assert not room.recording.keep
        room.dance(1.0)
        room.recording.set_keep(keep=True)
        room.dance(6.0)
        kept = await room.end()
    assert kept["from_s"] == pytest.approx(7.0, abs=0.1)
    assert len(look_into(tmp_path / "sent.webm").frames_s) == 180
    assert room.recording.statistics()["recorded_frames"] == 360


async def test_who_may_add_no_lessons_keeps_none_and_is_told_why(tmp_path: Path) -> None:
    right = KeepRight(UploadsOff("uploads are switched off"))
    async with live_class(tmp_path, right) as room:
        with pytest.raises(KeepRefused, match="switched off"):
            room.recording.set_keep(keep=True)
        assert room.recording.describe() == {
            **{"state": "refused", "why": "uploads are switched off", "why_code": "uploads_off"}
        }
        assert not room.recording.keep


async def test_too_short_a_class_becomes_no_lesson_and_says_so(tmp_path: Path) -> None:
    async with live_class(tmp_path) as room:
        room.begin()
        room.recording.set_keep(keep=True)
        room.dance(2.0)
        kept = await room.end()
    assert (kept["state"], kept["code"], kept["job"]) == ("failed", "class_too_short", None)
    assert "at least 5 s of dance" in kept["error"]


async def test_a_class_waits_while_other_videos_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_recording, "RETRY_S", 0.0)
    async with live_class(
        tmp_path, refusals=(TooManyJobs("4 wait"), TooManyJobs("4 wait"))
    ) as room:
        room.begin()
        room.recording.set_keep(keep=True)
        room.dance(6.0)
        kept = await room.end()
    assert kept["state"] == "uploading"  # of a job that nobody runs here


async def test_a_server_that_stops_says_so_and_keeps_nothing(tmp_path: Path) -> None:
    async with live_class(tmp_path, refusals=(ServerStopping("the server is stopping"),)) as room:
        room.begin()
        room.recording.set_keep(keep=True)
        room.dance(6.0)
        kept = await room.end()
    assert (kept["state"], kept["code"]) == ("failed", "server_stopping")


async def test_a_class_that_the_server_ends_is_thrown_away(tmp_path: Path) -> None:
    async with live_class(tmp_path) as room:
        room.begin()
        room.recording.set_keep(keep=True)
        room.dance(6.0)
    assert not room.uploads.requests


async def test_a_limit_is_told_and_what_there_is_is_kept(tmp_path: Path) -> None:
    async with live_class(tmp_path) as room:
        room.begin()
        room.recording.set_keep(keep=True)
        room.dance(70.0)
        assert room.recording.keep
        described = room.recording.describe()
        assert (described["state"], described["why_code"]) == ("stopped", "too_long")
        await room.end()
    assert look_into(tmp_path / "sent.webm").frames_s[-1] <= 60.0
