"""What another host needs to go on with a session. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KeptAttempt:
    """An attempt that a host reported, or handed over."""

    session: str  # its id
    lesson: str
    source_sha256: str  # of the lesson's video
    owner: str | None  # the invited learner's id: nobody else goes on with it
    names: tuple[str | None, ...]  # of the dancers, under which results are kept
    dancers: int | None
    samples: int
    version: str  # of the program that wrote `content`
    content: bytes = field(repr=False)  # see `snapshots`

    @property
    def learner(self) -> str | None:
        """The first dancer's name."""
        return self.names[0]
