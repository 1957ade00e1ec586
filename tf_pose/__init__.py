"""People's joints in an image: tf-pose's names and algorithm on today's engines.

Nothing happens on import: engines, weights and their libraries are opened by `TfPoseEstimator`.
"""
