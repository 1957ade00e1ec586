"""A body that comes over the network, written to a file as it comes: never held, always bounded."""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from rtc_server.errors import BrokenUpload, NoRoom, TooLarge

T = TypeVar("T")
MB = 1_000_000
BLOCK = 1 << 20  # bytes that are written at once, and the most that are held
SILENCE_S = 30.0
# What the lesson needs besides its source, and what others on the disk need.
KEPT_FREE = 512 * MB

Body = AsyncIterator[bytes]
OffLoop = Callable[[Callable[[], Any]], Awaitable[Any]]


def expect_fitting(length: int, most_mb: int) -> None:
    """
    :raises TooLarge: so many bytes are too many.
    """
    if length > most_mb * MB:
        raise TooLarge(
            f"expected a video of at most {most_mb} MB, got {length / MB:.1f} MB; "
            "take a part of it, or a smaller picture"
        )


def expect_room(folder: Path, length: int) -> None:
    """
    :raises NoRoom: the disk has no place for so many bytes and for a lesson.
    """
    free = shutil.disk_usage(folder).free
    if free < length + KEPT_FREE:
        raise NoRoom(
            f"expected {(length + KEPT_FREE) / MB:.0f} MB free on the server's disk, "
            f"got {free / MB:.0f} MB; remove lessons, or ask who runs the server"
        )


async def receive(
    body: Body, place: Path, most_mb: int, off_loop: OffLoop, told: Callable[[int], None]
) -> None:
    """Write the whole body to a new file at `place`.

    :param told: is called with the bytes that came so far.
    :raises TooLarge: more comes than may.
    :raises NoRoom: the disk is full.
    :raises BrokenUpload: it breaks off, stands still, or is empty.
    """
    file: BinaryIO = await off_loop(lambda: place.open("xb"))
    total = 0

    async def counted() -> Body:
        nonlocal total
        async for piece in body:
            total += len(piece)
            expect_fitting(total, most_mb)
            told(total)
            yield piece

    try:
        async for block in _blocks(counted()):
            await off_loop(partial(_write, file, block, place.parent))
    finally:
        await off_loop(file.close)
    if not total:
        raise BrokenUpload("expected the video as the request's body, got nothing")


async def _blocks(body: Body) -> AsyncIterator[bytes]:
    """The body in pieces of about BLOCK bytes.

    :raises BrokenUpload: nothing comes for SILENCE_S.
    """
    held = bytearray()
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                piece = await anext(body, None)
        except TimeoutError:
            raise BrokenUpload(
                f"expected the rest of the video, nothing came for {SILENCE_S:.0f} s"
            ) from None
        if piece is None:
            break
        held += piece
        if len(held) >= BLOCK:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _write(file: BinaryIO, block: bytes, folder: Path) -> None:
    """On a thread.

    :raises NoRoom: the disk is full, or nearly.
    """
    expect_room(folder, len(block))
    try:
        file.write(block)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise NoRoom("expected room on the server's disk, it is full") from error
