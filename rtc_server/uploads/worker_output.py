"""What a worker process writes to its stderr: bounded, and made fit for the log."""

from __future__ import annotations

import asyncio

from rtc_server.uploads.worker_messages import printable

MAX_KEPT = 8192  # bytes
MAX_LOGGED = 1000  # characters; the end of it, where Python says what is wrong
BLOCK_SIZE = 1 << 16


async def read_first_bytes(stream: asyncio.StreamReader) -> bytes:
    """Read to the end, so that the writer never waits; give the first MAX_KEPT bytes."""
    kept = bytearray()
    while block := await stream.read(BLOCK_SIZE):
        kept += block[: MAX_KEPT - len(kept)]
        await asyncio.sleep(0)  # a stream that never pauses would keep the event loop
    return bytes(kept)


def to_log_line(output: bytes) -> str:
    """The end of the output as one line, without characters that a terminal obeys."""
    lines = [printable(line, MAX_LOGGED) for line in output.decode("utf-8", "replace").splitlines()]
    return " | ".join(line for line in lines if line)[-MAX_LOGGED:]
