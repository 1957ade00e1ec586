"""The cast: named people of different builds, with their clothes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tools.dancer.mesh import METRES_PER_UNIT, apply_morphs, base_mesh
from tools.dancer.rig import BONES, Rig, rig_for

Colour = tuple[int, int, int]  # blue, green, red, 0..255

# Vertices of the mesh's fixed topology that mark the face.
NOSE, EAR_R, EAR_L = 297, 5439, 12038


@dataclass(frozen=True, slots=True)
class Look:
    """How a person looks: shares of morphs, and colours in BGR."""

    morphs: Mapping[str, float]
    skin: Colour
    hair: Colour
    top: Colour
    trousers: Colour
    shoes: Colour = (235, 235, 235)


@dataclass(frozen=True, slots=True)
class Body:
    """One person at rest: feet on the floor, arms half lowered.

    vertices (n, 3) metres, y = 0 at the floor; `rig` is fitted to them; leg_m is the length of
    thigh and shin together; parts has the quads (m, 4) of skin, hair, top, trousers and shoes.
    """

    name: str
    look: Look
    vertices: NDArray[np.float64]
    rig: Rig
    leg_m: float
    parts: Mapping[str, NDArray[np.int64]]


_THIRD = 1 / 3
LOOKS: Mapping[str, Look] = {
    "instructor": Look(
        {
            "caucasian-female-young": _THIRD,
            "african-female-young": _THIRD,
            "asian-female-young": _THIRD,
            "universal-female-young-maxmuscle-minweight": 0.45,
        },
        skin=(140, 172, 214),
        hair=(34, 42, 62),
        top=(120, 110, 20),
        trousers=(70, 44, 40),
    ),
    "tall": Look(
        {"caucasian-male-young": 0.5, "african-male-young": 0.5},
        skin=(96, 128, 176),
        hair=(24, 26, 34),
        top=(60, 60, 190),
        trousers=(90, 70, 50),
    ),
    "short": Look(
        {
            "asian-female-young": 0.8,
            "caucasian-female-young": 0.2,
            "universal-female-young-averagemuscle-maxweight": 0.45,
        },
        skin=(150, 185, 225),
        hair=(30, 30, 36),
        top=(40, 140, 70),
        trousers=(60, 50, 50),
    ),
    "stout": Look(
        {"caucasian-male-young": 1.0, "universal-male-young-averagemuscle-maxweight": 0.7},
        skin=(156, 186, 226),
        hair=(70, 100, 130),
        top=(150, 90, 40),
        trousers=(60, 70, 80),
    ),
    "child": Look(
        {"caucasian-female-child": 0.75},
        skin=(156, 190, 230),
        hair=(60, 96, 140),
        top=(150, 60, 120),
        trousers=(120, 70, 50),
    ),
    "twin": Look(  # of "tall": nearly the same clothes
        {"caucasian-male-young": 0.7, "african-male-young": 0.3},
        skin=(110, 142, 190),
        hair=(24, 26, 34),
        top=(78, 62, 170),
        trousers=(84, 70, 58),
    ),
}


@cache
def body(name: str) -> Body:
    """Build the named person, once.

    :raises KeyError: the name is not in the cast.
    """
    if name not in LOOKS:
        raise KeyError(f"expected a body of {sorted(LOOKS)}, got {name!r}")
    look = LOOKS[name]
    vertices = apply_morphs(look.morphs)
    vertices[:, 1] -= vertices[sole_rows("L"), 1].min()
    rig = rig_for(vertices)
    hip, knee, ankle = (rig.heads[BONES.index(f"{bone}.L")] for bone in LEG_JOINTS)
    leg_m = float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))
    return Body(name, look, vertices, rig, leg_m, visible_quads())


LEG_JOINTS = ("upperleg01", "lowerleg01", "foot")

# Where clothes end on the neutral mesh, in its own units (decimetres, y = 0 at the hips).
COLLAR_Y, WAIST_Y, SHOE_Y = 5.8, 0.85, -7.25
SLEEVE = 0.6  # of the upper arm
_SHOULDER, _UPPER_ARM = np.array([1.70, 5.02]), np.array([1.614, -1.806])


@cache
def visible_quads() -> Mapping[str, NDArray[np.int64]]:
    """The visible quads of each part, chosen on the neutral mesh for all bodies alike."""
    mesh = base_mesh()
    skin, cloth = mesh.quads_of("body"), mesh.quads_of("helper-tights")
    at = mesh.vertices[skin].mean(axis=1) / METRES_PER_UNIT
    on = mesh.vertices[cloth].mean(axis=1) / METRES_PER_UNIT
    up, covered = on[:, 1], along_arm(on) < SLEEVE
    hair = scalp(at)
    bare = (at[:, 1] > COLLAR_Y - 0.25) & (np.abs(at[:, 0]) < 1.3) | (along_arm(at) > SLEEVE - 0.1)
    return {
        "skin": skin[bare & ~hair],
        "hair": skin[hair],
        "top": cloth[(up > WAIST_Y) & (up < COLLAR_Y) & covered],
        "trousers": cloth[(up <= WAIST_Y) & (up > SHOE_Y) & covered],
        "shoes": cloth[up <= SHOE_Y],
    }


def along_arm(at: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far down the arm points (k, 3) are: 0 at the shoulder, 1 at the elbow, -1 elsewhere."""
    flat = np.stack([np.abs(at[:, 0]), at[:, 1]], axis=1) - _SHOULDER
    along = flat @ _UPPER_ARM / (_UPPER_ARM @ _UPPER_ARM)
    return np.where((np.abs(at[:, 0]) > 1.85) & (at[:, 1] > 0), along, -1.0)


def scalp(at: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points (k, 3) of the neutral head, in mesh units, have hair."""
    hairline = 7.95 - 0.95 * np.clip((0.95 - at[:, 2]) / 0.55, 0, 1) ** 1.5
    back = (at[:, 2] < 0.25) & (at[:, 1] > 6.35)
    ear = (np.abs(at[:, 0]) > 0.72) & (at[:, 1] < 7.35) & (at[:, 2] > -0.15)
    return ((at[:, 1] > hairline) | back) & ~ear & (np.abs(at[:, 0]) < 1.2)


@cache
def sole_rows(mark: str) -> NDArray[np.int64]:
    """The vertices (k,) of one shoe, `L` or `R`."""
    rows = np.unique(visible_quads()["shoes"])
    left = base_mesh().vertices[rows, 0] > 0
    return rows[left if mark == "L" else ~left]
