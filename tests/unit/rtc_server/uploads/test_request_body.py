"""A body becomes a file, or an error that says why not; it is never held."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from rtc_server.errors import BrokenUpload, NoRoom, TooLarge
from rtc_server.uploads import request_body
from rtc_server.uploads.request_body import MB, check_size, save_body

CHUNK = 64 * 1024


async def at_once(work: Callable[[], Any]) -> Any:
    return work()


async def body(*pieces: bytes, then: Exception | None = None) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    if then is not None:
        raise then


async def take(place: Path, pieces: AsyncIterator[bytes], most_mb: int = 9) -> list[int]:
    told: list[int] = []
    await save_body(pieces, place, most_mb, at_once, told.append)
    return told


async def test_what_comes_is_what_is_written(tmp_path: Path) -> None:
    pieces = [bytes([k]) * CHUNK for k in range(40)]
    told = await take(tmp_path / "a", body(*pieces))
    assert (tmp_path / "a").read_bytes() == b"".join(pieces)
    assert told == [CHUNK * (k + 1) for k in range(40)]


async def test_too_much_is_refused_before_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="at most 2 MB"):
        await take(tmp_path / "a", body(*[bytes(CHUNK)] * 40), most_mb=2)
    assert (tmp_path / "a").stat().st_size < 2 * MB


def test_a_length_that_is_told_is_refused_at_once() -> None:
    check_size(2 * MB, 2)
    with pytest.raises(TooLarge, match=r"at most 2 MB, got 2\.5 MB"):
        check_size(2 * MB + MB // 2, 2)


async def test_nothing_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(BrokenUpload, match="got nothing"):
        await take(tmp_path / "a", body())


async def test_what_breaks_off_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenUpload, match="gone"):
        await take(tmp_path / "a", body(b"video", then=BrokenUpload("gone")))


async def test_who_sends_nothing_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield b"video"
        await asyncio.Event().wait()

    monkeypatch.setattr(request_body, "MAX_SILENCE_S", 0.01)
    with pytest.raises(BrokenUpload, match="nothing came for"):
        await take(tmp_path / "a", silent())


async def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "RESERVED_BYTES", 1 << 60)
    with pytest.raises(NoRoom, match="MB free on the server's disk, got"):
        await take(tmp_path / "a", body(b"video"))


def test_a_disk_that_fills_up_meanwhile_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")  # where every write fails as on a full disk
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    monkeypatch.setattr(request_body, "RESERVED_BYTES", 0)
    with pytest.raises(NoRoom, match="it is full"), full.open("wb", buffering=0) as file:
        request_body._write(file, b"video", full.parent)
