"""A frame of the teacher's video on its way to everybody."""

from __future__ import annotations

from dataclasses import dataclass, field

VIDEO_HZ, AUDIO_HZ = 90_000, 48_000


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """One encoded frame, in the payloads of the packets in which it came."""

    payloads: tuple[bytes, ...]
    ticks: int  # when it was captured, in 1/90000 s of the server's clock
    is_key: bool
    codec: str  # its name in SDP
    ntp: int | None = None  # when it was captured, by the teacher's wall clock
    size: int = field(init=False)  # bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(map(len, self.payloads)))

    @property
    def captured_s(self) -> float:
        """On the server's clock."""
        return self.ticks / VIDEO_HZ


@dataclass(frozen=True, slots=True)
class LiveSound:
    """One packet of the teacher's audio."""

    payload: bytes
    ticks: int  # when it was captured, in 1/48000 s of the server's clock
    ntp: int | None = None
