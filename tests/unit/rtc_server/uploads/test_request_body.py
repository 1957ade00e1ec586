"""A body becomes a file, or an error that says why not; it is never held in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from rtc_server.errors import BrokenUpload, NoRoom, SlowUpload, TooLarge
from rtc_server.uploads import least_rate, request_body
from rtc_server.uploads.request_body import MB, check_size, save_body

CHUNK = 64 * 1024


async def at_once(work: Callable[[], Any]) -> Any:
    return work()


async def body(*chunks: bytes, then: Exception | None = None) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if then is not None:
        raise then


async def save(place: Path, chunks: AsyncIterator[bytes], max_mb: int = 9) -> list[int]:
    received: list[int] = []
    await save_body(chunks, place, max_mb, at_once, received.append)
    return received


async def test_the_body_is_written_as_it_is_received(tmp_path: Path) -> None:
    chunks = [bytes([k]) * CHUNK for k in range(40)]
    received = await save(tmp_path / "a", body(*chunks))
    assert (tmp_path / "a").read_bytes() == b"".join(chunks)
    assert received == [CHUNK * (k + 1) for k in range(40)]


async def test_a_body_that_is_too_large_is_refused_before_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="at most 2 MB"):
        await save(tmp_path / "a", body(*[bytes(CHUNK)] * 40), max_mb=2)
    assert (tmp_path / "a").stat().st_size < 2 * MB


def test_a_length_that_is_too_large_is_refused_at_once() -> None:
    check_size(2 * MB, 2)
    with pytest.raises(TooLarge, match=r"at most 2 MB, got 2\.5 MB"):
        check_size(2 * MB + MB // 2, 2)


async def test_an_empty_body_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenUpload, match="got nothing"):
        await save(tmp_path / "a", body())


async def test_a_body_that_breaks_off_raises_its_error(tmp_path: Path) -> None:
    with pytest.raises(BrokenUpload, match="gone"):
        await save(tmp_path / "a", body(b"video", then=BrokenUpload("gone")))


async def test_a_body_that_stalls_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield b"video"
        await asyncio.Event().wait()

    monkeypatch.setattr(request_body, "MAX_SILENCE_S", 0.01)
    with pytest.raises(SlowUpload, match="nothing came for"):
        await save(tmp_path / "a", silent())


async def test_a_body_that_trickles_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then is no silence, and would hold a place of the queue for hours."""

    async def trickle() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    monkeypatch.setattr(least_rate, "FIRST_CREDIT_S", 0.05)
    with pytest.raises(SlowUpload, match="at 16 kB a second or more"):
        await save(tmp_path / "a", trickle())


async def test_a_full_disk_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "RESERVED_BYTES", 1 << 60)
    with pytest.raises(NoRoom, match="MB free on the server's disk, got"):
        await save(tmp_path / "a", body(b"video"))


def test_a_disk_that_fills_up_meanwhile_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")  # where every write fails as on a full disk
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    monkeypatch.setattr(request_body, "RESERVED_BYTES", 0)
    with pytest.raises(NoRoom, match="it is full"), full.open("wb", buffering=0) as file:
        request_body._write(file, b"video", full.parent)
