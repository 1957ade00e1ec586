"""Packets on disk: what is written is read, and seeking finds key packets."""

from pathlib import Path

import numpy as np
import pytest

from rtc_server.errors import BrokenLesson
from rtc_server.lessons.renditions import (
    MAPS,
    Rendition,
    RenditionWriter,
    index_path,
    payload_path,
)

FPS = 30


@pytest.fixture
def rendition(tmp_path: Path) -> Rendition:
    with RenditionWriter(tmp_path, "vp8") as writer:
        for k in range(75):
            writer.add(k / FPS, bytes([k]) * (k + 1), key=k % FPS == 0)
    return Rendition.open(tmp_path, "vp8")


def test_packets_come_back_as_written(rendition: Rendition) -> None:
    assert len(rendition) == 75
    assert [rendition.packet(k) for k in range(75)] == [bytes([k]) * (k + 1) for k in range(75)]
    assert rendition.duration_s == pytest.approx(75 / FPS)


@pytest.mark.parametrize(("index", "key"), [(0, 0), (29, 0), (30, 30), (59, 30), (74, 60)])
def test_key_before_a_packet(rendition: Rendition, index: int, key: int) -> None:
    assert rendition.key_before(index) == key


@pytest.mark.parametrize(
    ("t_s", "key"), [(-1.0, 0), (0.0, 0), (0.999, 0), (1.0, 30), (1.5, 30), (99.0, 60)]
)
def test_key_before_a_time(rendition: Rendition, t_s: float, key: int) -> None:
    assert rendition.key_before(t_s) == key


def test_a_time_that_is_exactly_a_packets_finds_that_packet(rendition: Rendition) -> None:
    assert [rendition.index_at(k / FPS) for k in range(75)] == list(range(75))
    assert [rendition.index_at((k + 0.99) / FPS) for k in range(75)] == list(range(75))


def test_sessions_of_a_lesson_share_its_maps(tmp_path: Path, rendition: Rendition) -> None:
    """Each map keeps a descriptor open."""
    again = Rendition.open(tmp_path, "vp8")
    assert again._payload is rendition._payload
    path = payload_path(tmp_path, "vp8")
    other = tmp_path / "other"
    other.write_bytes(path.read_bytes()[::-1])
    other.replace(path)
    changed = Rendition.open(tmp_path, "vp8")
    assert changed.packet(0) != rendition.packet(0) == again.packet(0) == b"\0"
    key = next(key for key, payload in MAPS.items() if payload is changed._payload)
    del changed
    assert key not in MAPS


def test_an_interrupted_writer_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), RenditionWriter(tmp_path, "h264") as writer:
        writer.add(0.0, b"abc", key=True)
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_time_must_rise(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="after"), RenditionWriter(tmp_path, "h264") as writer:
        writer.add(0.1, b"a", key=True)
        writer.add(0.1, b"b", key=False)


@pytest.mark.usefixtures("rendition")
def test_a_truncated_payload_is_refused(tmp_path: Path) -> None:
    path = payload_path(tmp_path, "vp8")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BrokenLesson, match="expected 2850 bytes of vp8 packets, got 2849"):
        Rendition.open(tmp_path, "vp8")


@pytest.mark.usefixtures("rendition")
def test_an_index_without_a_key_packet_first_is_refused(tmp_path: Path) -> None:
    path = index_path(tmp_path, "vp8")
    index = np.load(path)
    index["key"][0] = False
    np.save(path.open("wb"), index)
    with pytest.raises(BrokenLesson, match="key packet first"):
        Rendition.open(tmp_path, "vp8")


def test_a_missing_rendition_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BrokenLesson, match="expected opus packets"):
        Rendition.open(tmp_path, "opus")
