"""A QR code that is drawn can be read."""

from __future__ import annotations

import base64
import re
from hashlib import sha256

import cv2
import numpy as np

from rtc_server.qr_codes import draw_svg, draw_text

# As long as a link with an invitation that has a name and a lesson.
TOKEN = base64.urlsafe_b64encode(b"".join(sha256(bytes([k])).digest() for k in range(8)))
LINK = f"https://192.168.1.5:8080/#invite={TOKEN.decode()}"
LIGHT = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}  # upper and lower half


def read(light: list[list[int]]) -> str:
    """What a scanner reads of modules: 1 is light."""
    picture = np.array(light, np.uint8).repeat(8, 0).repeat(8, 1) * 255
    return cv2.QRCodeDetector().detectAndDecode(picture)[0]


def test_a_terminal_shows_it() -> None:
    lines = draw_text(LINK, with_colors=False).splitlines()
    rows = [[LIGHT[character][half] for character in line] for line in lines for half in (0, 1)]
    assert read(rows) == LINK
    assert len(lines[0]) <= 79 and len(lines) <= 40


def test_with_colours_it_is_the_same_on_black() -> None:
    plain, coloured = (draw_text(LINK, with_colors=colors) for colors in (False, True))
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert all(line.startswith("\x1b[") and line.endswith("m") for line in coloured.splitlines())


def test_a_page_shows_it() -> None:
    svg = draw_svg(LINK)
    side = int(re.findall(r'viewBox="0 0 (\d+) \d+"', svg)[0])
    light = [[1] * side for _ in range(side)]
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", svg.rpartition(' d="')[2]):
        values = [float(number) for number in numbers.split()]
        if command == "h":
            for k in range(int(values[0])):
                light[int(y)][int(x) + k] = 0
            x += values[0]
        else:
            x, y = (0.0, 0.0) if command == "M" else (x, y)
            x, y = x + values[0], y + values[1]
    assert read(light) == LINK
