"""The body of a request, written to a file while it arrives: memory and disk use are bounded."""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from rtc_server.errors import BrokenUpload, NoRoom, SlowUpload, TooLarge
from rtc_server.uploads.least_rate import LEAST_RATE, ReceptionCredit

MB = 1_000_000
BLOCK_SIZE = 1 << 20  # bytes that are written at once, and the most that are held in memory
MAX_SILENCE_S = 30.0
# What the lesson needs besides its source, and what others on the disk need.
RESERVED_BYTES = 512 * MB

Body = AsyncIterator[bytes]
RunInThread = Callable[[Callable[[], Any]], Awaitable[Any]]


def check_size(length: int, max_mb: int) -> None:
    """Check that a video of `length` bytes may be sent.

    :raises TooLarge: it may not.
    """
    if length > max_mb * MB:
        raise TooLarge(
            f"expected a video of at most {max_mb} MB, got {length / MB:.1f} MB; "
            "take a part of it, or a smaller picture"
        )


def check_disk_space(folder: Path, length: int) -> None:
    """Check that `length` bytes fit on the disk, and a lesson besides.

    :raises NoRoom: they do not.
    """
    free = shutil.disk_usage(folder).free
    if free < length + RESERVED_BYTES:
        raise NoRoom(
            f"expected {(length + RESERVED_BYTES) / MB:.0f} MB free on the server's disk, "
            f"got {free / MB:.0f} MB; remove lessons, or ask the operator of the server"
        )


async def save_body(
    body: Body,
    path: Path,
    max_mb: int,
    run_in_thread: RunInThread,
    on_received: Callable[[int], None],
) -> None:
    """Write the whole body to a new file at `path`.

    :param on_received: is called with the number of bytes received so far.
    :raises TooLarge: the body is larger than `max_mb`.
    :raises NoRoom: the disk is full.
    :raises SlowUpload: the body stalls, or comes too slowly.
    :raises BrokenUpload: the body breaks off, or is empty.
    """
    file: BinaryIO = await run_in_thread(lambda: path.open("xb"))
    total = 0

    async def counted() -> Body:
        nonlocal total
        async for chunk in body:
            total += len(chunk)
            check_size(total, max_mb)
            on_received(total)
            yield chunk

    try:
        async for block in _blocks(counted()):
            await run_in_thread(partial(_write, file, block, path.parent))
    finally:
        await run_in_thread(file.close)
    if not total:
        raise BrokenUpload("expected the video as the request's body, got nothing")


async def _blocks(body: Body) -> AsyncIterator[bytes]:
    """The body in blocks of about BLOCK_SIZE bytes.

    :raises SlowUpload: nothing arrives for MAX_SILENCE_S, or too little.
    """
    now = asyncio.get_running_loop().time
    credit = ReceptionCredit()
    block = bytearray()
    while True:
        began_s = now()
        chunk = await _next_chunk(body, credit.left_s)
        if chunk is None:
            break
        credit.spend(now() - began_s, len(chunk))
        block += chunk
        if len(block) >= BLOCK_SIZE:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


async def _next_chunk(body: Body, credit_s: float) -> bytes | None:
    """The next piece of the body; None at its end.

    :raises SlowUpload: it does not arrive in time.
    """
    try:
        async with asyncio.timeout(min(MAX_SILENCE_S, credit_s)):
            return await anext(body, None)
    except TimeoutError:
        if credit_s > MAX_SILENCE_S:
            raise SlowUpload(
                f"expected the rest of the video, nothing came for {MAX_SILENCE_S:.0f} s"
            ) from None
        raise SlowUpload(
            f"expected the video at {LEAST_RATE // 1000} kB a second or more, it came more slowly"
        ) from None


def _write(file: BinaryIO, block: bytes, folder: Path) -> None:
    """Write one block, on a thread.

    :raises NoRoom: the disk is full, or nearly.
    """
    check_disk_space(folder, len(block))
    try:
        file.write(block)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise NoRoom("expected room on the server's disk, it is full") from error
