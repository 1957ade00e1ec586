"""What was found in a section as bytes, to hand it from one process to another."""

from __future__ import annotations

import io
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from rtc_server.authoring.cover_image import CoverImage
from rtc_server.authoring.people.section_search import SectionPeople
from rtc_server.types import KEYPOINTS, Pose


def dump_section(found: SectionPeople) -> bytes:
    """A NumPy archive, from which `load_section` gives the same again, bit by bit."""
    poses = [pose for people in found.samples for pose in people.values()]
    cover = found.cover
    rank = [cover.well_in, cover.rating, cover.before_end] if cover else []
    file = io.BytesIO()
    np.savez(
        file,
        warm_up=np.int64(found.warm_up),
        times_s=np.array(found.times_s, np.float64),
        cuts=np.array(found.cuts, np.bool_),
        counts=np.array([len(people) for people in found.samples], np.int64),
        numbers=np.array([n for people in found.samples for n in people], np.int64),
        captured_s=np.array([pose.captured_s for pose in poses], np.float64),
        aspects=np.array([pose.aspect for pose in poses], np.float64),
        xy=np.array([pose.xy for pose in poses], np.float32).reshape(-1, KEYPOINTS, 2),
        confidence=np.array([pose.confidence for pose in poses], np.float32).reshape(-1, KEYPOINTS),
        cover=np.array(rank, np.float64),
        jpeg=np.frombuffer(cover.jpeg if cover else b"", np.uint8),
    )
    return file.getvalue()


def load_section(data: bytes) -> SectionPeople:
    """
    :raises ValueError: it is not what `dump_section` gives.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return _read(dict(file))
    except (BadZipFile, EOFError, KeyError, OSError, StopIteration, TypeError) as error:
        raise ValueError(f"expected what was found in a section, got other data: {error}") from None


def _read(parts: dict[str, NDArray[Any]]) -> SectionPeople:
    poses = (
        Pose(captured_s, xy, confidence, aspect)
        for captured_s, xy, confidence, aspect in zip(
            parts["captured_s"].tolist(),
            parts["xy"],
            parts["confidence"],
            parts["aspects"].tolist(),
            strict=True,
        )
    )
    numbers = iter(parts["numbers"].tolist())
    return SectionPeople(
        warm_up=int(parts["warm_up"]),
        samples=[
            {next(numbers): next(poses) for _ in range(count)} for count in parts["counts"].tolist()
        ],
        times_s=parts["times_s"].tolist(),
        cuts=parts["cuts"].tolist(),
        cover=_read_cover(parts["cover"].tolist(), parts["jpeg"].tobytes()),
    )


def _read_cover(rank: list[float], jpeg: bytes) -> CoverImage | None:
    if not rank:
        return None
    well_in, rating, before_end = rank
    return CoverImage(bool(well_in), rating, int(before_end), jpeg)
