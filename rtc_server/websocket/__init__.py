"""A session without WebRTC: JPEG pictures and the messages of the protocol, over one WebSocket."""
