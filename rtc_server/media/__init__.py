"""What goes over a connection, and when: tracks, clocks, buffers, aiortc itself (docs/sync.md)."""
