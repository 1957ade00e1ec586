"""The pose network for live sessions: loaded once, then shared by the trackers of all learners."""

from __future__ import annotations

import os
from dataclasses import replace

from models.fetch import ensure_model
from rtc_server.config import Config
from tf_pose.estimator import TfPoseEstimator
from tf_pose.tracking.crop_budget import choose_crop
from tf_pose.tracking.person_tracker import PersonTracker, TrackerSettings

MODEL = "mobilenet_thin"
# Processor time that one pose may take: with five learners and five samples a second, two cores
# then keep more than four fifths of their time for decoding, packets and scores.
POSE_MS = 12.5
BATCH_SIZE = 4  # frames of different learners in one call of the network, where that is faster


class LiveModel:
    """The estimator and the settings of the trackers; `load` first."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def load(self) -> None:
        """Load and warm up the network, and choose the crop; blocks for seconds.

        Each frame is estimated in one thread: learners share the cores better so.

        :raises ModelError: the weights cannot be downloaded.
        :raises PoseError: the engine is not installed, or does not support the precision.
        """
        estimator = TfPoseEstimator(
            ensure_model(MODEL),
            engine=self._config.engine,
            threads=1,
            streams=frames_at_once(),
            precision=self._config.pose_precision,
            cache=self._config.pose_cache,
            batch=BATCH_SIZE,
        )
        settings = TrackerSettings()
        if self._config.crop_side:
            settings = replace(settings, crop_side=self._config.crop_side)
        else:
            settings = choose_crop(estimator, settings, POSE_MS)
        PersonTracker(estimator, settings).warm_up()
        self.estimator, self.settings = estimator, settings

    def create_tracker(self) -> PersonTracker:
        """A tracker for one learner."""
        return PersonTracker(self.estimator, self.settings)

    def __str__(self) -> str:
        estimator = self.estimator
        crop = f"crops of {self.settings.crop_side}"
        return f"{estimator.engine_name} {estimator.precision}, {crop}"


def frames_at_once() -> int:
    """How many frames are estimated at the same time: one for each core."""
    return max(1, os.cpu_count() or 1)
