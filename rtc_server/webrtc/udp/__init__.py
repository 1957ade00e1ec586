"""The UDP ports of sessions: one for all of them, or sockets for each."""
