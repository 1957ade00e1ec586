"""A server of tests that starts sooner than `run.py`: `python -m tests.quick_server serve …`.

A server compiles the network for ten sizes before it is ready, for whatever cameras may come; that
is half of the processor time of its start. A test's cameras are 4:3 with one standing person. Any
other size is compiled when it is first needed. And what a look costs is measured with a few looks.

Two limits that cost a test time can be set in the environment:

    TANDEM_TEST_SEARCH     the longer side of a picture in which somebody is searched, 96 to 320;
                           where nobody is to be found, a small one is enough
    TANDEM_TEST_CREDIT_S   how long a video that comes too slowly is waited for
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from rtc_server.cli import main
from rtc_server.pose import live_model, look_cost
from rtc_server.uploads import least_rate
from tf_pose.geometry import Box
from tf_pose.preprocess import crop_size
from tf_pose.tracking.detection import PersonDetector

LOOKS = 3  # that are measured, instead of 15
STANDING, CAMERA = (9 / 16, 3 / 4), 4 / 3  # width by height


def warm_up(detector: PersonDetector) -> None:
    """Prepare the network for one who stands before a camera of a test."""
    settings = detector.settings
    sizes = [crop_size(Box(0, 0, 100 * shape, 100), settings.crop_side) for shape in STANDING]
    detector.estimator.warm_up(sizes, settings.stage)
    whole = Box(0, 0, 100 * CAMERA, 100)
    detector.estimator.warm_up([crop_size(whole, settings.search_side)])


def start_sooner() -> None:
    """Let the servers of this process do so, for good."""
    PersonDetector.warm_up = warm_up  # type: ignore[method-assign]
    look_cost.LOOKS = LOOKS
    if side := os.environ.get("TANDEM_TEST_SEARCH"):
        live_model.LIVE_SETTING = replace(live_model.LIVE_SETTING, search_side=int(side))
    if credit_s := os.environ.get("TANDEM_TEST_CREDIT_S"):
        least_rate.FIRST_CREDIT_S = float(credit_s)


if __name__ == "__main__":
    start_sooner()
    sys.exit(main())
