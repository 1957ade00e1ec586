"""What the instructor of the demo lesson wears, cut out of the human mesh and its tights.

All lines are drawn on the neutral mesh, in its units (decimetres, y = 0 at the hips, z forward).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tools.dancer.body import Body, along_arm
from tools.dancer.mesh import METRES_PER_UNIT, base_mesh
from tools.dancer.rig import BONES
from tools.demo.cloth import Cloth, Points, cloth_of

Rgb = tuple[float, float, float]
_CROWN = 881  # the mesh's topmost vertex


@dataclass(frozen=True, slots=True)
class Garment:
    """A cloth in one colour (RGB 0..1), and its gloss 0..1."""

    cloth: Cloth
    colour: Rgb
    gloss: float = 0.05


SKIN: Rgb = (0.85, 0.63, 0.50)
HAIR: Rgb = (0.20, 0.12, 0.09)
# Teal, because with a coral top the pose network loses a leg in the lunges.
TOP: Rgb = (0.10, 0.53, 0.54)
TROUSERS: Rgb = (0.17, 0.22, 0.38)
STRIPE: Rgb = (0.95, 0.45, 0.36)
SHOES: Rgb = (0.95, 0.95, 0.93)
SOLES: Rgb = (0.95, 0.42, 0.33)


def dress(body: Body) -> Mapping[str, Garment]:
    """Make every visible piece of the instructor, by name."""
    skin, tights = _smile(_piece(body, "body")), _piece(body, "helper-tights")
    height = tights.neutral[:, 1]
    hip_m, ankle_m = (
        body.rig.heads[BONES.index(f"{bone}.L"), 1] for bone in ("upperleg01", "foot")
    )
    shoe = tights.smoothed(14).puffed(0.006).cut(lambda p: -6.8 - p[:, 1])
    shoe = _level(shoe, lambda height_m: ankle_m + 0.024 - height_m)

    def above_shoe(height_m: Points) -> Points:
        return height_m - ankle_m - 0.045

    snug = 0.001 + 0.004 * _ramp(-height, -0.5, 1.5)
    legs = tights.smoothed(6).puffed(snug + 0.011 * _ramp(-height, 3.0, 6.6))
    trousers = _level(legs.cut(_legs), above_shoe)
    sleeves = _ramp(along_arm_softly(tights.neutral), 0.0, 0.7)
    loose = 0.007 + 0.016 * _ramp(-height, -3.0, -0.6) + 0.007 * sleeves
    top = tights.smoothed(6).puffed(loose).cut(_shirt)
    top = _level(top, lambda height_m: height_m - hip_m - 0.035)
    eyes = [_piece(body, f"helper-{side}-eye") for side in "lr"]
    pieces = {
        "head and neck": Garment(skin.cut(_head), SKIN, 0.16),
        "arms": Garment(skin.cut(lambda p: along_arm_softly(p) - 0.6), SKIN, 0.16),
        "ankles": Garment(skin.cut(lambda p: np.minimum(-6.3 - p[:, 1], p[:, 1] + 7.7)), SKIN),
        "hair": Garment(_hair(skin), HAIR, 0.35),
        "bun": Garment(_bun(body), HAIR, 0.35),
        "lips": Garment(skin.cut(_lips).puffed(0.0006), (0.74, 0.38, 0.35), 0.3),
        "brows": Garment(skin.cut(_brows).puffed(0.0012), HAIR),
        "top": Garment(top, TOP),
        "trousers": Garment(trousers, TROUSERS),
        "stripes": Garment(_level(legs.puffed(0.0015).cut(_stripe).cut(_legs), above_shoe), STRIPE),
        "shoes": Garment(shoe.cut(lambda p: p[:, 1] + 7.9), SHOES, 0.2),
        "soles": Garment(shoe.cut(lambda p: -7.9 - p[:, 1]), SOLES),
    }
    for side, eye in zip("lr", eyes, strict=True):
        pieces[f"{side} eye"] = Garment(eye, (0.96, 0.95, 0.94), 0.5)
        pieces[f"{side} iris"] = Garment(eye.cut(_iris).puffed(0.0004), (0.16, 0.10, 0.08), 0.6)
    lashes = [f"helper-{side}-eyelashes-{row}" for side in "lr" for row in (1, 2)]
    pieces |= {name: Garment(_piece(body, name), (0.08, 0.06, 0.06)) for name in lashes}
    return pieces


def _piece(body: Body, group: str) -> Cloth:
    mesh = base_mesh()
    neutral = mesh.vertices / METRES_PER_UNIT
    return cloth_of(mesh.quads_of(group), neutral, body.vertices, body.rig.weights)


def _level(cloth: Cloth, height: Callable[[Points], Points]) -> Cloth:
    """Cut at a height on this body, in metres, where a line on the neutral mesh is not level."""
    return cloth.trimmed(height(cloth.rest[:, 1]))


def _smile(skin: Cloth) -> Cloth:
    """Move the corners of the mouth up and out a little."""
    p = skin.neutral
    near = ((np.abs(p[:, 0]) - 0.24) / 0.13) ** 2 + ((p[:, 1] - 6.65) / 0.13) ** 2
    pull = np.exp(-near) * (p[:, 2] > 0.9)
    shift = np.stack([0.0022 * np.sign(p[:, 0]), np.full(len(p), 0.0058), 0.0 * p[:, 2]], axis=1)
    return replace(skin, rest=skin.rest + pull[:, None] * shift)


def _ramp(x: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    share = np.clip((x - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def along_arm_softly(p: Points) -> NDArray[np.float64]:
    """`along_arm` without its jump, so that an edge can be cut where it crosses a value."""
    along = along_arm(p)
    return np.where(along > -1, along, np.minimum(0.3, np.abs(p[:, 0]) - 2.2))


def _shirt(p: Points) -> NDArray[np.float64]:
    # A crew neck, higher at the back; at its sides the line goes up above the shoulders.
    collar = 5.78 - 0.3 * p[:, 2] + 3 * np.maximum(np.abs(p[:, 0]) - 0.8, 0)
    sleeve = 0.66 - along_arm_softly(p)
    return np.minimum(np.minimum(p[:, 1] + 0.6, collar - p[:, 1]), 2 * sleeve)


def _legs(p: Points) -> NDArray[np.float64]:
    return np.minimum(np.minimum(0.95 - p[:, 1], p[:, 1] + 7.0), 2.4 - np.abs(p[:, 0]))


def _stripe(p: Points) -> NDArray[np.float64]:
    """A stripe down the outside of each leg."""
    outside = np.interp(p[:, 1], [-7.2, -3.5, -0.6, 1.3], [0.62, 0.55, 0.42, 0.36])
    middle = np.interp(p[:, 1], [-7.2, -3.5, 0.0, 1.3], [1.63, 1.32, 1.0, 0.9])
    front = np.interp(p[:, 1], [-7.2, -3.5, 0.0], [-0.28, 0.28, 0.10])
    angle = np.arctan2(p[:, 2] - front, np.abs(p[:, 0]) - middle)
    return np.minimum(outside * 0.45 - np.abs(angle - 0.15), np.abs(p[:, 0]) - middle)


def _head(p: Points) -> NDArray[np.float64]:
    return np.minimum(p[:, 1] - 4.9, 1.05 - np.abs(p[:, 0]))


_HAIRLINE_Z = [-0.7, -0.1, 0.02, 0.2, 0.48, 0.62, 0.9, 1.2, 1.5]
_HAIRLINE_Y = [6.15, 6.30, 6.95, 7.46, 7.46, 7.25, 7.72, 7.93, 7.99]


def _scalp(p: Points) -> NDArray[np.float64]:
    return p[:, 1] - np.interp(p[:, 2], _HAIRLINE_Z, _HAIRLINE_Y)


def _hair(skin: Cloth) -> Cloth:
    """Hair that is combed back: a shell over the scalp, thicker away from the hairline."""
    shell = skin.cut(_scalp)
    thick = 0.003 + 0.013 * _ramp(_scalp(shell.neutral), 0.0, 0.5)
    return shell.puffed(thick).smoothed(3)


def _bun(body: Body) -> Cloth:
    """A knot of hair on the crown: a flattened ball that follows the head."""
    polar, around = np.meshgrid(np.linspace(0, np.pi, 15), np.linspace(0, 2 * np.pi, 25))
    ball = np.stack(
        [np.sin(polar) * np.cos(around), np.cos(polar), np.sin(polar) * np.sin(around)], axis=-1
    ).reshape(-1, 3)
    middle = body.vertices[_CROWN] + np.array([0.0, 0.024, -0.045])
    rows = np.arange(len(ball)).reshape(polar.shape)
    quads = np.stack([rows[:-1, :-1], rows[:-1, 1:], rows[1:, 1:], rows[1:, :-1]], -1).reshape(
        -1, 4
    )
    weights = np.zeros((len(ball), len(BONES)))
    weights[:, BONES.index("head")] = 1.0
    return cloth_of(quads[:, ::-1], ball, middle + ball * (0.047, 0.04, 0.047), weights)


def _lips(p: Points) -> NDArray[np.float64]:
    x, y = p[:, 0] / 0.225, (p[:, 1] - 6.64) / 0.092
    return np.minimum(1 - np.abs(x) ** 1.6 - y**2, (p[:, 2] - 1.2) * 5)


def _brows(p: Points) -> NDArray[np.float64]:
    u = (np.abs(p[:, 0]) - 0.285) / 0.2
    middle = 7.468 + 0.005 * u - 0.05 * u**2
    thick = 0.027 - 0.012 * u
    line = thick - np.abs(p[:, 1] - middle)
    return np.minimum(np.minimum(line * 10, 1 - u**2), (p[:, 2] - 0.9) * 5)


def _iris(p: Points) -> NDArray[np.float64]:
    middle = np.array([0.3078, 7.284])
    away = np.hypot(np.abs(p[:, 0]) - middle[0], p[:, 1] - middle[1])
    return np.minimum(0.066 - away, (p[:, 2] - 1.2))
