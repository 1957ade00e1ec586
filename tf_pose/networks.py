"""The names of `tf_pose.networks` that code written for tf-pose imports."""

from __future__ import annotations

from models import errors as weights
from models.fetch import ensure_model
from tf_pose.errors import BadSize, UnknownNetwork


def get_graph_path(model_name: str) -> str:
    """Return the path of the named weights, downloaded on first use.

    :raises UnknownNetwork: no weights have that name; the message lists the names.
    :raises models.errors.ModelError: the download failed, or the file is not the right one.
    """
    try:
        return str(ensure_model(model_name))
    except weights.UnknownModel as error:
        raise UnknownNetwork(str(error)) from None


def model_wh(resolution: str) -> tuple[int, int]:
    """Read "432x368" as (width, height); "0x0" stands for "as it is".

    :raises BadSize: not two numbers, or not multiples of 16, as tf-pose asks for.
    """
    parts = resolution.lower().split("x")
    if len(parts) != 2 or not all(part.strip().isdigit() for part in parts):
        raise BadSize(f'expected "WIDTHxHEIGHT" like "432x368", got {resolution!r}')
    width, height = (int(part) for part in parts)
    if width % 16 or height % 16:
        raise BadSize(f"expected width and height in multiples of 16, got {width}x{height}")
    return width, height
