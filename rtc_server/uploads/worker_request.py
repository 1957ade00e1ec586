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

    def to_json(self) -> str:
        """One line of JSON."""
        build = json.loads(self.build.to_json())
        return json.dumps(
            {"build": build, "folder": str(self.folder), "scratch": str(self.scratch)}
        )

    @classmethod
    def from_json(cls, text: str) -> WorkerRequest:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        build = BuildRequest.from_json(json.dumps(fields["build"]))
        return cls(build, Path(fields["folder"]), Path(fields["scratch"]))
