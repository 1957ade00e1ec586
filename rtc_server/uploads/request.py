"""What the sender of a video over HTTP asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rtc_server.authoring.build_request import Part
from rtc_server.errors import BadMessage
from rtc_server.lessons.store import check_id

JOB_ID = re.compile(r"[0-9A-Za-z-]{32,64}")  # anybody who guesses one could follow the job


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """One video to make a lesson of; its ids are checked when it is made."""

    title: str
    lesson_id: str | None = None  # None: made of the title
    job_id: str | None = None  # None: chosen by the server
    video_name: str = "the video"  # for error sentences
    suffix: str = ".bin"  # of the video's file
    part: Part | None = None  # None: the whole video
    length: int | None = None  # of the body in bytes; None: not known
    client: str = ""  # what its sender is counted by: an address, or the network around it

    def __post_init__(self) -> None:
        """
        :raises BadLessonId: not an id.
        :raises BadMessage: a job's id that could be guessed.
        """
        if self.lesson_id is not None:
            check_id(self.lesson_id)
        if self.job_id is not None and not JOB_ID.fullmatch(self.job_id):
            raise BadMessage(
                f"job: expected 32 to 64 random letters, digits and -, got {self.job_id[:64]!r}"
            )
