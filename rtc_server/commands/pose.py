"""`pose IMAGE`: the people in one image."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rtc_server.commands.arguments import (
    STDOUT,
    add_engine,
    check_target,
    new_parser,
    write_text,
)
from rtc_server.errors import BadPicture

if TYPE_CHECKING:
    from tf_pose.human import Human

EXAMPLES = """\
  python run.py pose me.jpg
  python run.py pose me.jpg --json - --annotated me-annotated.png
"""


def add_parser(subparsers: Any) -> None:
    """`run.py pose --help`."""
    parser = new_parser(
        subparsers,
        "pose",
        "find the people in one image",
        "Find the people in an image and print up to 18 joints of each, in pixels.",
        EXAMPLES,
    )
    parser.add_argument("image", type=Path, metavar="IMAGE", help="a JPEG, PNG, WebP … file")
    parser.add_argument("--json", metavar="OUT", help="write the joints as JSON; - is stdout")
    parser.add_argument(
        "--annotated",
        type=Path,
        metavar="OUT.png",
        help="write the image with the skeletons drawn on it",
    )
    add_engine(parser)


def run(args: argparse.Namespace) -> int:
    """Find the people, print or write their joints, draw them."""
    check_target(args.json, args.annotated)
    image = read_image(args.image)
    from tf_pose.estimator import TfPoseEstimator
    from tf_pose.networks import get_graph_path

    estimator = TfPoseEstimator(
        get_graph_path("mobilenet_thin"), engine=args.engine, precision="f32"
    )
    humans = sorted(estimator.inference(image), key=_rank, reverse=True)
    if not humans:
        print(f"warning: nobody was found in {args.image}", file=sys.stderr)
    if args.json is not None:
        write_text(args.json, _to_json(humans, image))
    if args.annotated is not None:
        _draw(args.annotated, humans, image)
    if args.json != STDOUT:
        sys.stdout.write(_format_table(humans, image))
    return 0


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read an image as (H, W, 3) uint8 BGR, turned as its EXIF orientation says.

    :raises BadPicture: nothing of that name, or not an image.
    """
    import cv2

    if path.is_dir() or not path.exists():
        kind = "a folder" if path.is_dir() else "nothing of that name"
        raise BadPicture(f"{path}: expected an image, got {kind}")
    data = np.fromfile(path, np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if image is None:
        raise BadPicture(f"{path}: expected an image, got a file that cannot be read as one")
    return np.asarray(image, np.uint8)


def _rank(human: Human) -> float:
    """The sum of the joints' confidences: the largest comes first."""
    return human.score * human.part_count()


def _to_json(humans: list[Human], image: NDArray[np.uint8]) -> str:
    from rtc_server.pose.pose_files import people_to_json

    people = [(*human.arrays(), human.score) for human in humans]
    height, width = image.shape[:2]
    return people_to_json([(0.0, people)], None, width, height)


def _format_table(humans: list[Human], image: NDArray[np.uint8]) -> str:
    """People and their joints as text."""
    height, width = image.shape[:2]
    lines = []
    for number, human in enumerate(humans, 1):
        lines.append(f"person {number}: {human.part_count()} of 18 joints, score {human.score:.2f}")
        lines += [
            f"  {part.get_part_name().name:<10} {part.x * width:8.1f} {part.y * height:8.1f}"
            f"  {part.score:.2f}"
            for _, part in sorted(human.body_parts.items())
        ]
    return "".join(f"{line}\n" for line in lines)


def _draw(target: Path, humans: list[Human], image: NDArray[np.uint8]) -> None:
    import cv2

    from rtc_server.lessons.temp_files import atomic_write
    from tf_pose.draw import draw_pose

    for human in reversed(humans):
        draw_pose(image, *human.arrays())
    suffix = target.suffix if cv2.haveImageWriter(f"x{target.suffix}") else ".png"
    _, data = cv2.imencode(suffix, image)
    with atomic_write(target) as part:
        part.write_bytes(data.tobytes())
