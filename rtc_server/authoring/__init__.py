"""Makes lessons of videos: samples frames, extracts poses, encodes video and audio once."""
