"""A live teacher's video and audio, passed on to everybody in the class as they come."""
