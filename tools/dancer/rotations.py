"""Rotation matrices (3, 3) that act on column vectors, right-handed, angles in degrees."""

import math

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

_IDENTITY = np.eye(3)


def about_x(degrees: float) -> Matrix:
    """Turn y towards z: a positive angle leans forward."""
    c, s = _cos_sin(degrees)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def about_y(degrees: float) -> Matrix:
    """Turn z towards x: a positive angle turns to the dancer's left."""
    c, s = _cos_sin(degrees)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def about_z(degrees: float) -> Matrix:
    """Turn x towards y: a positive angle tips to the dancer's right."""
    c, s = _cos_sin(degrees)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def about(axis: Vector, degrees: float) -> Matrix:
    """Turn about any axis (Rodrigues' formula)."""
    x, y, z = axis / _length(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    c, s = _cos_sin(degrees)
    return _IDENTITY + s * cross + (1 - c) * cross @ cross


def between(start: Vector, end: Vector) -> Matrix:
    """The smallest rotation that brings the direction `start` onto `end`."""
    a, b = start / _length(start), end / _length(end)
    axis = _cross(a, b)
    sine = _length(axis)
    if sine < 1e-9:
        return np.eye(3) if a @ b > 0 else about(_any_normal(a), 180.0)
    return about(axis, float(np.degrees(np.arctan2(sine, a @ b))))


def part_of(rotation: Matrix, share: float) -> Matrix:
    """The rotation about the same axis by `share` of its angle; the angle is below 180°."""
    axis = np.array(
        [
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        ]
    )
    twice_sine = _length(axis)
    if twice_sine < 1e-9:
        return np.eye(3)
    degrees = float(np.degrees(np.arctan2(twice_sine, np.trace(rotation) - 1)))
    return about(axis, share * degrees)


def _cos_sin(degrees: float) -> tuple[float, float]:
    radians = np.radians(degrees)
    return float(np.cos(radians)), float(np.sin(radians))


def _any_normal(direction: Vector) -> Vector:
    return _cross(direction, _IDENTITY[int(np.argmin(np.abs(direction)))])


# What NumPy's functions of the same names compute, without what they do for arrays of any shape.


def _length(vector: Vector) -> float:
    return math.sqrt(vector @ vector)


def _cross(first: Vector, second: Vector) -> Vector:
    (ax, ay, az), (bx, by, bz) = first.tolist(), second.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
