"""Encoded packets on disk, memory-mapped, so that sessions read and seek without decoding."""

from __future__ import annotations

import math
import os
from pathlib import Path
from types import TracebackType
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from rtc_server.errors import BrokenLesson
from rtc_server.lessons.codecs import check_rendition

# The maps that are in use. Each keeps a descriptor open, which sessions of one lesson share.
MAPS: WeakValueDictionary[tuple[int, int, int, int], NDArray[np.uint8]] = WeakValueDictionary()
INDEX = np.dtype([("t_s", "<f8"), ("offset", "<i8"), ("size", "<i4"), ("key", "?")])


class Rendition:
    """The packets of one rendition in the order of time; one packet is one access unit.

    `t_s` (n,) float64, rising: the lesson position of each packet; `key` (n,) bool: key frames.
    A packet of slowed audio is 20 ms long, as all are, and covers 20 ms times the rate of the
    lesson.
    """

    def __init__(self, name: str, index: NDArray[np.void], payload: NDArray[np.uint8]) -> None:
        self.name = name
        self.t_s: NDArray[np.float64] = index["t_s"]
        self.key: NDArray[np.bool_] = index["key"]
        self._offset = index["offset"]
        self._size: NDArray[np.int32] = index["size"]
        self._payload = payload
        self._keys = np.flatnonzero(self.key)

    @classmethod
    def open(cls, folder: Path, name: str) -> Rendition:
        """Map the packets of the rendition of that name in a lesson's folder.

        :raises UnknownCodec: lessons have no rendition of that name.
        :raises BrokenLesson: files are missing or do not match each other.
        """
        try:
            index = np.load(index_path(folder, name), allow_pickle=False)
            payload = _map(payload_path(folder, name))
        except (OSError, ValueError, EOFError) as error:
            raise BrokenLesson(f"{folder.name}: expected {name} packets, {error}") from error
        _check(folder.name, name, index, len(payload))
        return cls(name, index, payload)

    def __len__(self) -> int:
        return len(self.t_s)

    @property
    def sizes(self) -> NDArray[np.int32]:
        """The number of bytes of each packet (n,)."""
        return self._size

    @property
    def duration_s(self) -> float:
        """When the last packet ends; packets are evenly spaced."""
        if len(self) < 2:
            return float(self.t_s[-1])
        step_s = (self.t_s[-1] - self.t_s[0]) / (len(self) - 1)
        return float(self.t_s[-1] + step_s)

    @property
    def is_back_to_back(self) -> bool:
        """Whether the packets lie one after the other, without gaps or overlaps, as written."""
        ends = np.cumsum(self._size, dtype=np.int64)
        return bool((self._offset == ends - self._size).all() and ends[-1] == len(self._payload))

    def packet(self, i: int, most: int | None = None) -> bytes:
        """The bytes of packet `i`.

        :param most: how many of them, from its beginning; None: all.
        """
        start, size = int(self._offset[i]), int(self._size[i])
        return self._payload[start : start + (size if most is None else min(size, most))].tobytes()

    def index_at(self, t_s: float) -> int:
        """The packet that is shown (or heard) at `t_s`; for earlier times, the first one."""
        # A nanosecond of tolerance, since k / fps is not exact in binary.
        return max(0, int(np.searchsorted(self.t_s, t_s + 1e-9, side="right")) - 1)

    def first_index_from(self, t_s: float) -> int:
        """The first packet at `t_s` or later; the number of packets if there is none."""
        return int(np.searchsorted(self.t_s, t_s - 1e-9, side="left"))

    def key_before(self, position: int | float) -> int:
        """The key packet at or before a packet's index (int) or a time in s (float)."""
        i = position if isinstance(position, int) else self.index_at(position)
        found = int(np.searchsorted(self._keys, i, side="right")) - 1
        return int(self._keys[max(0, found)])

    def key_after(self, i: int) -> int | None:
        """The first key packet after packet `i`, or None if there is none."""
        found = int(np.searchsorted(self._keys, i, side="right"))
        return int(self._keys[found]) if found < len(self._keys) else None


class RenditionWriter:
    """Writes packets one after the other; the index is written if `with` ends without an error."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder
        self._file = payload_path(folder, name).open("wb")
        self._rows = bytearray()  # of INDEX, which takes little memory also for a long lesson
        self._last_s = -math.inf
        self._offset = 0

    def add(self, t_s: float, data: bytes, *, key: bool) -> None:
        """Append one packet; `t_s` must be later than the one before."""
        if t_s <= self._last_s:
            raise ValueError(f"expected a time after {self._last_s} s, got {t_s} s")
        self._file.write(data)
        self._rows += np.array((t_s, self._offset, len(data), key), INDEX).tobytes()
        self._last_s = t_s
        self._offset += len(data)

    def __len__(self) -> int:
        return len(self._rows) // INDEX.itemsize

    def __enter__(self) -> RenditionWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if kind is not None or not self._rows:
            payload_path(self._folder, self.name).unlink(missing_ok=True)
            return
        with index_path(self._folder, self.name).open("wb") as file:
            np.save(file, np.frombuffer(self._rows, INDEX), allow_pickle=False)
            os.fsync(file.fileno())


def payload_path(folder: Path, name: str) -> Path:
    """The file with the bytes of a rendition's packets, back to back.

    :raises UnknownCodec: lessons have no rendition of that name.
    """
    return folder / f"{check_rendition(name)}.bin"


def index_path(folder: Path, name: str) -> Path:
    """The file with the times, offsets and sizes of a rendition's packets.

    :raises UnknownCodec: lessons have no rendition of that name.
    """
    return folder / f"{check_rendition(name)}.index.npy"


def _map(path: Path) -> NDArray[np.uint8]:
    """The bytes of a file, memory-mapped; who opens it meanwhile gets the same map.

    :raises OSError: it cannot be read.
    :raises ValueError: it is empty.
    """
    status = path.stat()
    key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    if (mapped := MAPS.get(key)) is None:
        # A plain view of the map: slicing numpy's memmap class costs more than the packet.
        mapped = MAPS[key] = np.memmap(path, np.uint8, mode="r").view(np.ndarray)
    return mapped


def _check(lesson_id: str, name: str, index: NDArray[np.void], length: int) -> None:
    """Refuse an index that points beyond its payload, or has no key packet to begin with."""
    if index.dtype != INDEX or index.ndim != 1 or not len(index):
        raise BrokenLesson(f"{lesson_id}: expected an index of {name} packets, got {index.dtype}")
    ends = index["offset"].astype(np.float64) + index["size"]  # which cannot overflow
    if ends.max() > length or int(index["offset"].min()) < 0 or int(index["size"].min()) < 0:
        raise BrokenLesson(
            f"{lesson_id}: expected {ends.max():.0f} bytes of {name} packets, got {length}"
        )
    if not index["key"][0] or (np.diff(index["t_s"]) <= 0).any():
        raise BrokenLesson(f"{lesson_id}: expected {name} packets in order, a key packet first")
