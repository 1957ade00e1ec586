"""What would help a learner most at this moment, and its English sentence. Pure.

The page says it in its own languages, from `kind` and `part` (docs/protocol.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "step_into_view",
    "watch",
    "raise",
    "lower",
    "open",
    "bring_in",
    "bend",
    "straighten",
    "step_out",
    "step_in",
    "lean_left",
    "lean_right",
    "tilt_left",
    "tilt_right",
    "level_shoulders",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

SENTENCES: dict[Kind, str] = {
    "step_into_view": "step into view",
    "watch": "watch your {part}",
    "raise": "raise your {part}",
    "lower": "lower your {part}",
    "open": "open your {part}",
    "bring_in": "bring in your {part}",
    "bend": "bend your {part}",
    "straighten": "straighten your {part}",
    "step_out": "step out with your {part}",
    "step_in": "step in with your {part}",
    "lean_left": "lean more to your left",
    "lean_right": "lean more to your right",
    "tilt_left": "tilt your head to your left",
    "tilt_right": "tilt your head to your right",
    "level_shoulders": "level your shoulders with the instructor's",
}
SIDED = ("arm", "forearm", "knee", "foot")
# By the learner's own left and right.
PARTS = (*(f"{side}_{part}" for side in ("left", "right") for part in SIDED),)
WHOLE = ("torso", "shoulders", "head")  # only to be watched


@dataclass(frozen=True, slots=True)
class Hint:
    """What to do, and with which part of the body."""

    kind: Kind
    part: str | None = None  # of PARTS or WHOLE; None where the kind says it

    @property
    def sentence(self) -> str:
        """The same in English."""
        return SENTENCES[self.kind].format(part=(self.part or "").replace("_", " "))

    def message(self) -> dict[str, object]:
        """As it goes over the wire."""
        return {"kind": self.kind, "part": self.part}


STEP_INTO_VIEW = Hint("step_into_view")
