"""Sessions over a WebSocket: their route, and aiohttp's side of the socket."""
