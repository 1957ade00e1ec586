"""Scenes of two dancers whose joints are known: side by side, crossing, hidden, away."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from tools.dancer import perturbations
from tools.dancer.body import body
from tools.dancer.camera import Camera
from tools.dancer.choreography import choreography
from tools.dancer.motion import Motion
from tools.dancer.scene import Actor, Place, Scene

FPS, SECONDS = 5.0, 24.0
# Wide enough for two people with their arms out: somebody of 1.75 m is half as high as the frame.
CAMERA = Camera((640, 480), tall_m=3.4, distance_m=5.5, aim_m=(0.0, 0.95, 0.0))
BESIDE_M = 0.85  # from the middle
DIFFERENT = (
    *(("tall", "stout"), ("instructor", "short"), ("short", "tall"), ("stout", "child")),
    *(("child", "tall"), ("short", "stout")),
)
SIMILAR, SAME = (("tall", "twin"), ("twin", "tall")), (("tall", "tall"), ("short", "short"))
# The first dances as the instructor does, the second late and with smaller movements.
CHANGES: tuple[Callable[[Motion], Motion], ...] = (
    lambda motion: motion,
    lambda motion: perturbations.delayed(perturbations.scaled(motion, 0.75), 0.2),
)


@dataclass(frozen=True, slots=True)
class DancerScene:
    """A scene, and when its dancers are apart again: each is then to have their number."""

    name: str
    clothes: str
    scene: Scene
    apart_s: tuple[float, ...]

    def alone(self, actor: int) -> Scene:
        """The same without the others."""
        return replace(self.scene, actors=(self.scene.actors[actor],))


def make_scenes() -> Iterator[DancerScene]:
    """All of them, in all clothes."""
    for clothes, pairs in (("different", DIFFERENT), ("similar", SIMILAR), ("same", SAME)):
        for k, pair in enumerate(pairs):
            scene = partial(_scene, pair)
            every_s = 3.6 if k % 2 else 4.0
            yield DancerScene("crossing", clothes, scene(_crossing(every_s)), _ends(every_s))
            if k == 0:
                yield DancerScene("side by side", clothes, scene(_standing()), (6.0, 12.0, 20.0))
                yield DancerScene("one behind the other", clothes, scene(_behind()), (13.0, 22.0))
                yield DancerScene("away, back as left", clothes, scene(_away(-1.0)), (20.0,))
                yield DancerScene("away, back elsewhere", clothes, scene(_away(1.0)), (20.0,))


def _scene(pair: tuple[str, str], places: tuple[Place, Place]) -> Scene:
    motion = choreography("sunrise").motion()
    actors = [
        Actor(body(who), change(motion), place)
        for who, change, place in zip(pair, CHANGES, places, strict=True)
    ]
    return Scene(tuple(actors), CAMERA, FPS, SECONDS)


def _standing() -> tuple[Place, Place]:
    return _at(-BESIDE_M), _at(BESIDE_M)


def _at(x: float, z: float = 0.0) -> Place:
    return lambda _: (x, z, 0.0)


def _crossing(every_s: float) -> tuple[Place, Place]:
    """They change places every so many seconds, in 1.6 s; who goes in front changes, too."""

    def place(t_s: float, side: float) -> tuple[float, float, float]:
        turn, within_s = divmod(t_s, every_s)
        way = _ease((within_s - (every_s - 1.6)) / 1.6)
        x = BESIDE_M * (1 - 2 * way) * (-1) ** turn
        ahead_m = 0.45 * math.sin(math.pi * way) * (-1) ** (turn // 2)
        return side * x, side * ahead_m, 0.0

    return partial(place, side=-1.0), partial(place, side=1.0)


def _ends(every_s: float) -> tuple[float, ...]:
    """When they have been apart for a while after each crossing."""
    return tuple(every_s * k + every_s - 1.8 for k in range(1, int(SECONDS / every_s)))


def _behind() -> tuple[Place, Place]:
    """The second dances behind the first for four seconds, twice."""

    def place(t_s: float) -> tuple[float, float, float]:
        way = max(_bump(t_s, 5.0, 11.0), _bump(t_s, 14.0, 20.0))
        return BESIDE_M - (BESIDE_M + 0.5) * way, -0.9, 0.0

    return _at(-0.5), place


def _away(side: float) -> tuple[Place, Place]:
    """The first leaves on the left at 7 s and comes back on that side or on the other at 14 s."""

    def first(t_s: float) -> tuple[float, float, float]:
        out_m = 3.4
        if t_s < 11.0:
            return -BESIDE_M - (out_m - BESIDE_M) * _ease((t_s - 7.0) / 2.0), 0.0, 0.0
        here_m = 0.0 if side > 0 else -BESIDE_M
        return side * out_m + (here_m - side * out_m) * _ease((t_s - 14.0) / 2.0), 0.0, 0.0

    def second(t_s: float) -> tuple[float, float, float]:
        to_m = -BESIDE_M if side > 0 else BESIDE_M  # makes room
        return BESIDE_M + (to_m - BESIDE_M) * _ease((t_s - 9.5) / 2.0), 0.0, 0.0

    return first, second


def _bump(t_s: float, from_s: float, to_s: float) -> float:
    return min(_ease(t_s - from_s), _ease(to_s - t_s))


def _ease(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)
