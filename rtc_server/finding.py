"""One thing that a result says of how somebody danced, and its English sentence. Pure.

The page says it in its own languages, from `kind`, `parts` and `amount` (docs/protocol.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
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
KINDS: tuple[Kind, ...] = get_args(Kind)

SENTENCES: dict[Kind, str] = {
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
class Finding:
    """What was found, where in the body, and how much of it."""

    kind: Kind
    # By the learner's own left and right: `arms`, `legs`, `left_arm`, `right_arm`, or a name of
    # `matching.LIMBS`.
    parts: tuple[str, ...] = ()
    amount: float | None = None  # late, early: ms; half_hearted: 0..1 of the lesson's movements

    @property
    def sentence(self) -> str:
        """The same in English."""
        parts = " and ".join(part.replace("_", " ") for part in self.parts)
        show = f": show your {parts}" if parts else ""
        return SENTENCES[self.kind].format(parts=parts, show=show, amount=self.amount)

    def message(self) -> dict[str, object]:
        """As it goes over the wire."""
        return {
            "kind": self.kind,
            "parts": list(self.parts),
            "amount": self.amount,
            "sentence": self.sentence,
        }


def sentence(findings: list[Finding]) -> str:
    """All of them in one, what matters most first."""
    return "; ".join(finding.sentence for finding in findings)
