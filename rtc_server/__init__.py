"""Tandem: watches a learner, plays an instructor beside them, says live how well they follow."""

__version__ = "0.1.0"
PROTOCOL = 1
