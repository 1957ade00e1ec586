"""What somebody asks to be made of the video that they send."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rtc_server.authoring.trim import Part
from rtc_server.errors import BadMessage
from rtc_server.lessons.store import check_id

JOB_ID = re.compile(r"[0-9A-Za-z-]{32,64}")  # whoever guesses one could follow the job


@dataclass(frozen=True, slots=True)
class Wish:
    """One video's; checked where it is made."""

    title: str
    id: str | None  # of the lesson; None: made of the title
    name: str  # of the video, for sentences
    suffix: str  # of the video's file
    part: Part | None
    length: int | None  # of the body in bytes, where that was said
    job: str | None = None  # the job's id, where the sender chose it

    def __post_init__(self) -> None:
        """
        :raises BadLessonId: not an id.
        :raises BadMessage: a job's id that could be guessed.
        """
        if self.id is not None:
            check_id(self.id)
        if self.job is not None and not JOB_ID.fullmatch(self.job):
            raise BadMessage(
                f"job: expected 32 to 64 random letters, digits and -, got {self.job[:64]!r}"
            )
