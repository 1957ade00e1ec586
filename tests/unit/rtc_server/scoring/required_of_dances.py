"""What tests of the requirements in docs/scoring.md are given: dances, exact and noisy."""

import pytest

from rtc_server.types import PoseTrack
from tests.unit.rtc_server.dances import detected

DANCES = ("sunrise", "harbour")
NOISY = pytest.mark.parametrize("noisy", [False, True], ids=["exact", "noisy"])
each_dance = pytest.mark.parametrize("name", DANCES)


def seen(track: PoseTrack, noisy: bool, seed: int = 1) -> PoseTrack:
    return detected(track, seed) if noisy else track
