"""How much of a class is recorded, and of all classes together. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000
PACKET_BYTES = 24  # what the file adds to a packet, at most
LAST_FRAME_S = 0.5  # how long the last frame may be shown: the lesson is that much longer


@dataclass(frozen=True, slots=True)
class RecordingLimits:
    """Of one class: no more than may be uploaded."""

    max_s: float
    max_bytes: int

    @classmethod
    def of_uploads(cls, max_s: float, max_mb: int) -> RecordingLimits:
        """What a lesson can be made of.

        :param max_s: of a lesson. `max_mb`: of the file of an upload.
        """
        return cls(max_s - min(LAST_FRAME_S, max_s / 2), max_mb * MB)


class RecordingSpace:
    """What the recordings of all classes may take of the disk together, in bytes."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.used = 0

    def take(self, size: int) -> bool:
        """Take some, if there is as much left."""
        if self.used + size > self.max_bytes:
            return False
        self.used += size
        return True

    def give_back(self, size: int) -> None:
        self.used -= size
