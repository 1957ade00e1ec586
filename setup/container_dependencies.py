"""Print what a container image installs: `container_dependencies.py all|openvino|cluster`.

These are the dependencies of pyproject.toml with an OpenCV without windows: a container has no
screen, and this spares 300 MB of Qt and OpenGL. `openvino` leaves TensorFlow out,
too; `cluster` is that, with Ray for several machines.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def container_dependencies(engines: str) -> list[str]:
    """The requirements of the image with these engines, as pip reads them."""
    with PROJECT.open("rb") as file:
        project = tomllib.load(file)["project"]
    named: list[str] = project["dependencies"]
    if engines == "cluster":
        named = [*named, *project["optional-dependencies"]["cluster"]]
    return [
        one.replace("opencv-python", "opencv-python-headless")
        for one in named
        if engines == "all" or not one.startswith("tensorflow")
    ]


if __name__ == "__main__":
    print("\n".join(container_dependencies(sys.argv[1])))
