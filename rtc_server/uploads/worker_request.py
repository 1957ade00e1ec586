"""What the server asks of one worker process, and where that process may write."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rtc_server.authoring.build_request import BuildRequest


@dataclass(frozen=True, slots=True)
class WorkerRequest:
    """One lesson to make in a folder of its own; the server puts it into the store."""

    build: BuildRequest
    folder: Path  # of the lesson; it holds the video, and nothing else
    scratch: Path  # an empty folder for what libraries write
    sections: Path | None = None  # where others put what they find in the video's sections
    section: int | None = None  # only search this section of the video, for such a lesson

    def to_json(self) -> str:
        """One line of JSON."""
        build = json.loads(self.build.to_json())
        fields = {"build": build, "section": self.section}
        for name in ("folder", "scratch", "sections"):
            path: Path | None = getattr(self, name)
            fields[name] = None if path is None else str(path)
        return json.dumps(fields)

    @classmethod
    def from_json(cls, text: str) -> WorkerRequest:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        build = BuildRequest.from_json(json.dumps(fields["build"]))
        sections = None if fields["sections"] is None else Path(fields["sections"])
        folder, scratch = Path(fields["folder"]), Path(fields["scratch"])
        return cls(build, folder, scratch, sections, fields["section"])
