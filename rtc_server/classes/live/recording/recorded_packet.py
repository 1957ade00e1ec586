"""What is written into a recording. Pure."""

from __future__ import annotations

from dataclasses import dataclass

SOUND = "OPUS"


@dataclass(frozen=True, slots=True)
class RecordedPacket:
    """One whole frame of video, or one packet of sound."""

    data: bytes
    ms: int  # since the first frame, on the class's clock
    codec: str  # its name in SDP
    is_key: bool

    @property
    def is_sound(self) -> bool:
        return self.codec == SOUND
