"""A TCP proxy between browser and server that can be slow, and that can be cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

PIECE = 1 << 14


class NetworkProxy:
    """Forwards bytes in both directions; the browser opens `url`."""

    def __init__(self, port: int) -> None:
        self.to_port = port  # of the server
        self.up_bytes_s: float | None = None  # of one connection; None: not limited
        self.url = ""
        self._whole = True
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Break all connections, and refuse new ones."""
        self._whole = False
        for writer in self._open:
            writer.transport.abort()

    def restore(self) -> None:
        self._whole = True

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until either end closes it."""
        if not self._whole:
            writer.transport.abort()
            return
        mine = {writer}
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.to_port)
            mine.add(back)
            self._open |= mine
            ways = self._pump(reader, back, slow=True), self._pump(there, writer, slow=False)
            pumps = {asyncio.create_task(way) for way in ways}
            _, others = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for other in others:
                other.cancel()
        except ConnectionError:
            pass
        finally:
            self._open -= mine
            for each in mine:
                each.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, slow: bool
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(PIECE):
                if slow and self.up_bytes_s:
                    await asyncio.sleep(len(data) / self.up_bytes_s)
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def proxy_to(port: int) -> AsyncIterator[NetworkProxy]:
    """A proxy to a port of this machine."""
    proxy = NetworkProxy(port)
    server = await asyncio.start_server(proxy.forward, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
