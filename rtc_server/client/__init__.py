"""The other side: the headless learner, and one who was recorded."""
