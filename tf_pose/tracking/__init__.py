"""Follows people from frame to frame: one learner live, or everybody in a video."""
