"""Poses of learners and instructors: inference, smoothing, positioning, the camera's latency."""
