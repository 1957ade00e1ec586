"""Draw the page's icons for home screens from web/icon.svg: `python tools/make_icons.py`.

A maskable icon fills the whole square, because the system cuts its own shape out of it, and shows
nothing that matters outside the middle 80 % (https://www.w3.org/TR/appmanifest/#icon-masks).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "web" / "icon.svg"
FOLDER = ROOT / "web" / "icons"
Picture = NDArray[np.uint8]  # (size, size, 4): BGR and alpha
OVERSAMPLING, SHIFT = 8, 4  # pixels are drawn in 1/2^SHIFT
# The side in pixels, whether it fills the square, and how large the figures are in it.
ICONS = {
    "icon-192": (192, False, 1.0),
    "icon-512": (512, False, 1.0),
    "maskable-192": (192, True, 0.85),
    "maskable-512": (512, True, 0.85),
    "apple-touch-icon": (180, True, 0.9),
}


def draw_icon(side: int, fills: bool, scale: float) -> Picture:
    """One icon, drawn larger and scaled down, so that its edges are smooth."""
    svg = ElementTree.parse(SOURCE).getroot()
    unit = float(svg.attrib["viewBox"].split()[2])
    large = side * OVERSAMPLING
    picture = np.zeros((large, large, 4), np.uint8)
    for shape in svg.iter():
        tag = shape.tag.rpartition("}")[2]
        if tag == "rect":
            _fill_background(picture, shape, 0.0 if fills else float(shape.attrib["rx"]) / unit)
        elif tag == "path":
            for start, end in path_lines(shape.attrib["d"]):
                points = [_to_pixels(point, unit, scale, large) for point in (start, end)]
                width = round(3 / unit * scale * large)
                cv2.line(
                    picture, *points, _color(shape.attrib["stroke"]), width, cv2.LINE_AA, SHIFT
                )
        elif tag == "circle":
            centre = float(shape.attrib["cx"]), float(shape.attrib["cy"])
            radius = round(float(shape.attrib["r"]) / unit * scale * large * 2**SHIFT)
            place = _to_pixels(centre, unit, scale, large)
            cv2.circle(picture, place, radius, _color(shape.attrib["fill"]), -1, cv2.LINE_AA, SHIFT)
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def path_lines(text: str) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The lines of an SVG path of M, m, v and l commands, which are all that the icon has."""
    x = y = 0.0
    for command, rest in re.findall(r"([MmvVlL])([^MmvVlL]*)", text):
        numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", rest)]
        steps = [(0.0, one) for one in numbers]
        if command != "v":
            steps = list(zip(numbers[::2], numbers[1::2], strict=True))
        for k, (dx, dy) in enumerate(steps):
            before = x, y
            x, y = (dx, dy) if command == "M" and k == 0 else (x + dx, y + dy)
            if k > 0 or command in "vl":
                yield before, (x, y)


def _fill_background(picture: Picture, shape: ElementTree.Element, radius: float) -> None:
    side = len(picture)
    corner = round(radius * side)
    color = _color(shape.attrib["fill"])
    for x, y in ((corner, 0), (0, corner)):
        cv2.rectangle(picture, (x, y), (side - 1 - x, side - 1 - y), color, -1)
    for x in (corner, side - 1 - corner):
        for y in (corner, side - 1 - corner):
            cv2.circle(picture, (x, y), corner, color, -1, cv2.LINE_AA)


def _to_pixels(point: tuple[float, float], unit: float, scale: float, side: int) -> tuple[int, int]:
    """In 1/2^SHIFT pixels; the figures are scaled around the middle."""
    x, y = ((0.5 + (one / unit - 0.5) * scale) * side for one in point)
    return round(x * 2**SHIFT), round(y * 2**SHIFT)


def _color(text: str) -> tuple[int, int, int, int]:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return blue, green, red, 255


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, form in ICONS.items():
        path = FOLDER / f"{name}.png"
        cv2.imwrite(str(path), draw_icon(*form), [cv2.IMWRITE_PNG_COMPRESSION, 9])
        print(f"{path}: {path.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()
