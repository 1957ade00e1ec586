"""How much a client may send, and when: checked before it is parsed, which costs more. Pure.

A chunk of one byte takes six bytes to send, and about as much time to parse as a large one.
"""

from __future__ import annotations

from dataclasses import dataclass

from rtc_server.token_bucket import RateLimit, TokenBucket

CRLF = b"\r\n"
SPARE_LINES = 64  # of a short block
# Heads and SDP have longer lines than this on average, and the chunks of a video are longer.
MIN_LINE, MIN_UPLOAD_LINE = 8, 256  # bytes
MAX_CHUNK_LINES = 1024  # of a small body that comes in chunks: two for each
MAX_AHEAD = 64 << 10  # bytes of further requests that may wait behind the one being handled
# Before a request is handled, or after it was answered without its body. The system hands over
# 256 KiB at a time, and two of these may come before the handler of an upload begins.
MAX_WAITING = 512 << 10
MAX_UPLOAD_LEFT = 4 << 20  # of a video that was refused: its sender may not have read the answer
# A WebSocket's input. Five pictures a second have 0.2 MB; parsing a megabyte of the smallest frames
# takes 0.1 s. At once: what came while the network stood.
WEBSOCKET_LIMIT = RateLimit(per_s=2 << 20, burst=8 << 20)


@dataclass(slots=True)
class InputBudget:
    """What one connection has sent since its last request began, or was answered."""

    streams_body: bool = False  # the request's handler reads its body while it arrives
    chunked: bool = False
    waiting_bytes: int = 0
    ahead_bytes: int = 0
    chunk_lines: int = 0
    websocket: TokenBucket | None = None  # its bytes, once the connection is one

    def begin_websocket(self, now_s: float) -> None:
        """From now on the connection carries no requests."""
        self.websocket = TokenBucket(WEBSOCKET_LIMIT, now_s)

    def begin_request(self, *, streams_body: bool, chunked: bool) -> None:
        """A request is handled from now on."""
        self.streams_body, self.chunked = streams_body, chunked
        self.waiting_bytes = self.ahead_bytes = self.chunk_lines = 0

    def spend(self, data: bytes, *, waiting: bool, now_s: float = 0.0) -> str | None:
        """Take a block of input into account.

        :param waiting: no request is being handled, or one whose small body is being read.
        :returns: None, or why the connection has to be cut: `chunks`, `flood` or `pipelined`.
        """
        if self.websocket is not None:
            return None if self.websocket.take(now_s, len(data)) else "flood"
        if self._has_small_chunks(data):
            return "chunks"
        if waiting:
            limit = MAX_UPLOAD_LEFT if self.streams_body else MAX_WAITING
            if self.waiting_bytes > limit:
                return "flood"
            self.waiting_bytes += len(data)
        elif not self.streams_body:
            self.ahead_bytes += len(data)
            if self.ahead_bytes > MAX_AHEAD:
                return "pipelined"
        return None

    def _has_small_chunks(self, data: bytes) -> bool:
        lines = data.count(CRLF)
        shortest = MIN_UPLOAD_LINE if self.streams_body else MIN_LINE
        if lines > SPARE_LINES + len(data) // shortest:
            return True
        if self.streams_body:
            return False
        if self.chunked or (lines > MAX_CHUNK_LINES and b"chunked" in data.lower()):
            self.chunk_lines += lines
        return self.chunk_lines > MAX_CHUNK_LINES
