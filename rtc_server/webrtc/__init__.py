"""WebRTC: the peer connection, tracks, buffers, and what we need of aiortc (docs/sync.md)."""
