"""What follows from a lesson is computed once, whoever asks how often."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from rtc_server.errors import BrokenLesson, NoRoom
from rtc_server.http.derived_files import DerivedFiles, SharedWork

T = TypeVar("T")


class Counted:
    """Content that counts how often it is computed."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        return b"content"


async def run_later(work: Callable[[], T]) -> T:
    """As a thread would, but in turn."""
    await asyncio.sleep(0)
    return work()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"x")
    return path


async def test_a_thousand_requests_at_once_are_one_computation(source: Path) -> None:
    files, compute, path = DerivedFiles(run_later), Counted(), source.with_name("poses.json")
    found = await asyncio.gather(*(files.get(path, source, compute) for _ in range(1000)))
    assert set(found) == {path} and path.read_bytes() == b"content" and compute.times == 1
    assert await files.get(path, source, compute) == path and compute.times == 1


async def test_a_file_older_than_its_source_is_computed_again(source: Path) -> None:
    files, compute, path = DerivedFiles(run_later), Counted(), source.with_name("poses.json")
    path.write_bytes(b"old")
    os.utime(path, (0, 0))
    await files.get(path, source, compute)
    assert path.read_bytes() == b"content"


async def test_what_cannot_be_written_is_kept_in_memory(source: Path) -> None:
    files, compute, path = DerivedFiles(run_later), Counted(), source.parent / "none" / "poses.json"
    for _ in range(3):
        assert await files.get(path, source, compute) == b"content"
    assert compute.times == 1


async def test_memory_is_bounded(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtc_server.http.derived_files.MAX_KEPT_BYTES", 3 * len(b"content"))
    files, compute = DerivedFiles(run_later), Counted()
    for k in range(9):
        await files.get(source.parent / "none" / str(k), source, compute)
    assert sum(map(len, files._kept.values())) <= 3 * len(b"content")


async def test_everybody_who_waits_gets_the_error_and_the_next_one_tries_again() -> None:
    shared, times = SharedWork[int](), 0

    async def fail() -> int:
        nonlocal times
        times += 1
        await asyncio.sleep(0)
        raise BrokenLesson("expected poses")

    results = await asyncio.gather(
        *(shared.run("poses", fail) for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [BrokenLesson] * 3 and times == 1
    with pytest.raises(BrokenLesson):
        await shared.run("poses", fail)
    assert times == 2


async def test_work_goes_on_when_who_asked_for_it_leaves() -> None:
    shared, done = SharedWork[int](), asyncio.Event()

    async def work() -> int:
        await done.wait()
        return 7

    first = asyncio.ensure_future(shared.run("poses", work))
    second = asyncio.ensure_future(shared.run("poses", work))
    await asyncio.sleep(0)
    first.cancel()
    done.set()
    assert await second == 7


async def test_a_large_file_is_written_once_for_all(source: Path) -> None:
    files, path, times = DerivedFiles(run_later), source.with_name("video.webm"), 0

    def write(part: Path) -> None:
        nonlocal times
        times += 1
        assert part.parent != path.parent and part.name == path.name
        part.write_bytes(b"content")

    found = await asyncio.gather(*(files.get_large(path, source, write) for _ in range(100)))
    assert set(found) == {path} and path.read_bytes() == b"content" and times == 1


async def test_a_large_file_that_cannot_be_written_is_refused_and_leaves_nothing(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, path = DerivedFiles(run_later), source.with_name("video.webm")

    def write(part: Path) -> None:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(NoRoom, match="No space left on device"):
        await files.get_large(path, source, write)
    with pytest.raises(NoRoom):
        await files.get_large(source.parent / "none" / path.name, source, write)
    monkeypatch.setattr("rtc_server.http.derived_files.LEAST_FREE_BYTES", 1 << 62)
    with pytest.raises(NoRoom, match="nearly full"):
        await files.get_large(path, source, lambda _: None)
    assert list(source.parent.iterdir()) == [source]
    assert not list(source.parent.parent.glob(f".{source.parent.name}~*"))
