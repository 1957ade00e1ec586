"""The pose network for live sessions: loaded once, then shared by the trackers of all learners."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from models.errors import ModelError
from models.fetch import ensure_model
from rtc_server.config import Config
from rtc_server.pose.inference import WORKER_NICENESS
from rtc_server.pose.look_cost import LookCost, measure_look_cost
from rtc_server.pose.processors import available_cores, run_nicer
from tf_pose.errors import PoseError
from tf_pose.estimator import TfPoseEstimator
from tf_pose.tracking.dancer_memory import DancerMemory
from tf_pose.tracking.group_tracker import GroupTracker
from tf_pose.tracking.person_tracker import PersonTracker, TrackerSettings

logger = logging.getLogger(__name__)

MODEL = "mobilenet_thin"
# How every learner on every machine is looked at, whatever its load: only so do scores mean the
# same everywhere. The least that finds joints well enough, in all arithmetics (docs/pose.md, "The
# live setting"); a machine with less time takes fewer learners.
LIVE_SETTING = TrackerSettings(crop_side=256, stage=4)
# Several dancers stand farther from the camera than one would, so that a smaller crop shows nearly
# as much of each, and they cost less (docs/pose.md, "Several dancers").
GROUP_CROP_SIDES = {1: 256, 2: 224, 3: 208, 4: 208}


class LiveModel:
    """The estimator and the settings of the trackers; `load` first."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def load(self) -> None:
        """Load and warm up the network; blocks for seconds.

        Each frame is estimated in one thread: learners share the cores better so. That thread is
        one of OpenVINO's own, so it gets its priority here.

        :raises ModelError: the weights cannot be downloaded.
        :raises PoseError: the engine is not installed, or does not support the precision.
        """
        run_nicer(WORKER_NICENESS, self._load)

    def _load(self) -> None:
        estimator = TfPoseEstimator(
            ensure_model(MODEL),
            engine=self._config.engine,
            threads=1,
            streams=frames_at_once(),
            precision=self._config.pose_precision,
            cache=self._config.pose_cache,
        )
        settings = LIVE_SETTING
        if self._config.crop_side:
            settings = replace(settings, crop_side=self._config.crop_side)
        PersonTracker(estimator, settings).warm_up()
        for side in set(GROUP_CROP_SIDES.values()):
            if side < settings.crop_side:
                PersonTracker(estimator, replace(settings, crop_side=side)).warm_up_crops()
        self.estimator, self.settings = estimator, settings

    def settle_precision(self, checkpoint: Callable[[], None]) -> bool:
        """Go over to the cheapest arithmetic that is true enough here; whether that is another one.

        It blocks for some seconds at the first start, while sessions may run; what happens is
        logged, and where it cannot be judged the arithmetic stays as it is.

        :param checkpoint: is called between steps of that; what it raises ends it.
        """
        try:
            changed = self.estimator.settle_precision(checkpoint)
        except (ModelError, PoseError) as error:
            logger.warning("the pose network's arithmetic stays %s: %s", self, error)
            return False
        if changed:
            logger.info("from now on: %s", self)
        return changed

    def measure_look_cost(self) -> LookCost:
        """What one look costs here; blocks for about a second."""
        return measure_look_cost(self.estimator, self.settings)

    def create_tracker(
        self, dancers: int | None = None, memory: Sequence[DancerMemory | None] = ()
    ) -> PersonTracker | GroupTracker:
        """A tracker for one learner, or for several dancers in one picture.

        :param memory: who danced before, by their numbers.
        """
        if dancers is None:
            return PersonTracker(self.estimator, self.settings)
        settings = replace(self.settings, crop_side=self._group_side(dancers))
        return GroupTracker(self.estimator, dancers, settings, memory)

    def _group_side(self, dancers: int) -> int:
        """The side of the crops; a forced one counts for all."""
        return min(self.settings.crop_side, GROUP_CROP_SIDES[dancers])

    def __str__(self) -> str:
        estimator = self.estimator
        crop = f"crops of {self.settings.crop_side}"
        return f"{estimator.engine_name} {estimator.precision}, {crop}"


def frames_at_once() -> int:
    """How many frames are estimated at the same time: one for each core."""
    return max(1, math.ceil(available_cores()))
