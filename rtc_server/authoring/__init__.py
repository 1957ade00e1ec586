"""Video in, lesson out: frames by timestamp, poses, pictures and sound encoded once."""
