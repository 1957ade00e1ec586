"""Real recordings that tests look at: fetched by package name and hash, never kept in git."""

from functools import cache
from pathlib import Path

from models.fetch import extract_member, fetch_wheel
from models.registry import REAL_PEOPLE, Wheel

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "media"

POSE2SIM = Wheel(
    "pose2sim", "0.10.49", "403e0dc4065898ba6a595e72a8970950310979253d60e24c2e00b16b36bf21e1"
)

_POSE2SIM_SHA256 = {
    1: "cf4f2816c86bea4bfbea255333d8626ff32a3ecabdab8b0fb147cea9167fde3a",
    2: "94ff87cf978b8406e8aa36ab3c5362e72848994e87652f0dc7a33c315e8e0442",
    3: "b8b329f832f178f27ecb78d024d5026b96c6adb36c387bfe2c0af85eab8a11ca",
    4: "b5c0e7863fd70d008e7178d3c556b045b0ea5f78fcd61ca548a0b2e807e641f7",
}


@cache
def sports2d_demo() -> Path:
    """A man waves and jumps on a roof, a woman walks past.

    1768×994, 30 fps, 7.7 s, VP9 + AAC. Sports2D's demo, BSD-3.
    """
    return _member(REAL_PEOPLE.wheel, REAL_PEOPLE.member, "sports2d.mp4", REAL_PEOPLE.sha256)


@cache
def pose2sim_clip(n: int) -> Path:
    """One man balancing and turning, whole body, seen by camera n of 1..4.

    About 1080×1920, 60 fps, 1.7 s. Pose2Sim's single-person demo, BSD-3.
    """
    if n not in _POSE2SIM_SHA256:
        raise ValueError(f"expected a camera of {sorted(_POSE2SIM_SHA256)}, got {n!r}")
    member = f"Pose2Sim/Demo_SinglePerson/videos/cam{n:02d}.mp4"
    return _member(POSE2SIM, member, f"pose2sim-cam{n:02d}.mp4", _POSE2SIM_SHA256[n])


def _member(wheel: Wheel, member: str, name: str, sha256: str) -> Path:
    """The file from the wheel, which is downloaded only where the file is not there yet."""
    destination = CACHE / name
    if destination.exists():
        return destination
    return extract_member(fetch_wheel(wheel), member, destination, sha256)
