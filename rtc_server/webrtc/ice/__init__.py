"""ICE below a connection of aiortc: its guard, its restarts, and what a peer needs of both."""
