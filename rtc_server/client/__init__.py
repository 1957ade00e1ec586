"""The headless learner, and the comparison of a recorded learner with a lesson."""
