"""What a connection needs of a WebSocket; HTTP's side of it is in `http.websocket.link`."""

from __future__ import annotations

from typing import Protocol

from rtc_server.websocket.close_codes import Closing


class Socket(Protocol):
    """Messages both ways. What is sent waits until the client's side takes it."""

    @property
    def frames_received(self) -> int:
        """WebSocket frames of any kind so far, pongs too."""

    async def receive(self) -> str | bytes | None:
        """The next message; None when the client has closed, or is gone.

        :raises Violation: it breaks the rules of WebSockets, or is too long.
        """

    async def send(self, message: str | bytes) -> None:
        """Send text or a binary message.

        :raises ConnectionError: the client is gone.
        """

    async def send_ping(self) -> None:
        """Ask the client's side for a sign of life.

        :raises ConnectionError: the client is gone.
        """

    async def send_close(self, closing: Closing) -> None:
        """Send the last frame; nothing can be sent after it.

        :raises ConnectionError: the client is gone.
        """

    @property
    def closed_by_both(self) -> bool:
        """Both sides have sent their last frame."""

    async def wait_until_gone(self) -> None:
        """Wait until the client's side is closed; what it sends is not looked at."""

    def abort(self) -> None:
        """Close at once; what waits is lost."""
