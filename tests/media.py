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

_POSE2SIM_PAIR_SHA256 = {
    1: "543cee6a4c2c2b52dc9eac9137ee63d14f1f84e706a9a7264769edcb11e5ea53",
    2: "8895092a7cf26359205a427b7ac2f4a935c2e0bd36d9b7a5140cb33faa468a6b",
    3: "d3daf48cdf9f5603868ddb99166ddaf9b12279e7ce968922926560d5fd3f0c99",
    4: "1490149dc40e7301fa5ceae23862b044ba5c398a8b2a40df21ed894702728c09",
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
    return _pose2sim(n, "SinglePerson", "", _POSE2SIM_SHA256)


@cache
def pose2sim_pair(n: int) -> Path:
    """The same man and a woman who was rendered into the picture, seen by camera n of 1..4.

    1088×1920, 60 fps, 1.7 s. Pose2Sim's demo of several people, BSD-3.
    """
    return _pose2sim(n, "MultiPerson", "pair-", _POSE2SIM_PAIR_SHA256)


def _pose2sim(n: int, demo: str, prefix: str, known: dict[int, str]) -> Path:
    if n not in known:
        raise ValueError(f"expected a camera of {sorted(known)}, got {n!r}")
    member = f"Pose2Sim/Demo_{demo}/videos/cam{n:02d}.mp4"
    return _member(POSE2SIM, member, f"pose2sim-{prefix}cam{n:02d}.mp4", known[n])


def _member(wheel: Wheel, member: str, name: str, sha256: str) -> Path:
    """The file from the wheel, which is downloaded only where the file is not there yet."""
    destination = CACHE / name
    if destination.exists():
        return destination
    return extract_member(fetch_wheel(wheel), member, destination, sha256)
