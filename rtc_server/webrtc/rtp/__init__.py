"""RTP by the shortest way: what aiortc does for each packet of media, cheaper."""
