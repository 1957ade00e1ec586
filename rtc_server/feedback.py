"""Feedback for a learner: hints while they dance, findings about the whole attempt. Pure.

The sentences here are English. The page builds its own in other languages from `kind`, `part`,
`parts` and `amount` (docs/protocol.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

HintKind = Literal[
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
HINT_KINDS: tuple[HintKind, ...] = get_args(HintKind)
HINT_SENTENCES: dict[HintKind, str] = {
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
# Left and right are the learner's own.
SIDED_PARTS = tuple(
    f"{side}_{part}" for side in ("left", "right") for part in ("arm", "forearm", "knee", "foot")
)
CENTRAL_PARTS = ("torso", "shoulders", "head")  # appear only with the kind "watch"

FindingKind = Literal[
    "nobody",
    "little_in_view",
    "stood_still",
    "wrong_side",
    "wrong_arms",
    "arm_still",
    "legs_still",
    "other_dance",
    "out_of_view",
    "half_hearted",
    "late",
    "early",
    "weakest",
    "well",
]
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)
FINDING_SENTENCES: dict[FindingKind, str] = {
    "nobody": "nobody was in view",
    "little_in_view": "too little of you was in view{show}",
    "stood_still": "you stood still",
    "wrong_side": "wrong side: you moved left where right was asked, and the other way round",
    "wrong_arms": "wrong arm: your left arm did what the right one should, and the other way round",
    "arm_still": "your {parts} hung still",
    "legs_still": "your legs stood still",
    "other_dance": "hardly anything of it was the instructor's dance",
    "out_of_view": "your {parts} were out of view",
    "half_hearted": "half-hearted: your movements were much smaller than the instructor's",
    "late": "{amount:.0f} ms late",
    "early": "{amount:.0f} ms early",
    "weakest": "your {parts} was off most",
    "well": "well danced",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """What would help the learner most at this moment, and with which part of the body."""

    kind: HintKind
    part: str | None = None  # of SIDED_PARTS or CENTRAL_PARTS; None where the kind implies it

    @property
    def sentence(self) -> str:
        """The hint in English."""
        return HINT_SENTENCES[self.kind].format(part=(self.part or "").replace("_", " "))


STEP_INTO_VIEW = Hint("step_into_view")


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of a result about how somebody danced."""

    kind: FindingKind
    # Left and right are the learner's own: `arms`, `legs`, `left_arm`, `right_arm`, or a name of
    # `limb_directions.LIMBS`.
    parts: tuple[str, ...] = ()
    amount: float | None = None  # late, early: ms; half_hearted: 0..1 of the lesson's movements

    @property
    def sentence(self) -> str:
        """The finding in English."""
        parts = " and ".join(part.replace("_", " ") for part in self.parts)
        show = f": show your {parts}" if parts else ""
        return FINDING_SENTENCES[self.kind].format(parts=parts, show=show, amount=self.amount)


def join_sentences(findings: Sequence[Finding]) -> str:
    """All findings as one English sentence, in their order."""
    return "; ".join(finding.sentence for finding in findings)
