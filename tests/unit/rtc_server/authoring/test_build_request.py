"""What lesson to make of which video, and what a part of a video is."""

import math
from fractions import Fraction
from pathlib import Path

import pytest

from rtc_server.authoring.build_request import BuildRequest, Part
from rtc_server.errors import BadPart


@pytest.mark.parametrize(
    ("from_s", "to_s"),
    [(-1, None), (2, 2.3), (3, 2), (math.nan, 2), (0, math.nan), (math.inf, None), (0, -math.inf)],
)
def test_times_that_are_not_a_part_are_refused(from_s: float, to_s: float | None) -> None:
    with pytest.raises(BadPart, match="expected a part"):
        Part(from_s, to_s)


def test_without_times_there_is_no_part() -> None:
    assert Part.between(None, None) is None
    assert Part.between(0.0, None) is None
    assert Part.between(None, 3.0) == Part(0.0, 3.0)
    assert Part(0.1, 0.7).within(0.65) == (Fraction(1, 10), Fraction(0.65))


@pytest.mark.parametrize("part", [None, Part(1.5), Part(0.25, 3.0)])
def test_a_request_survives_json(part: Part | None) -> None:
    request = BuildRequest(
        Path("/videos/댄스.mp4"), Path("/lessons"), "wave", "Wave", part, max_duration_s=60.0
    )
    text = request.to_json()
    assert "\n" not in text
    assert BuildRequest.from_json(text) == request
