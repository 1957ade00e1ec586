"""Scores as people read them: labels, grades, limbs by the learner's own left and right. Pure."""

from __future__ import annotations

import math

from rtc_server.scoring.limb_directions import Floats
from rtc_server.scoring.limbs import LIMB_NAMES, MIRRORED_LIMBS
from rtc_server.scoring.window_score import FULL_COVERAGE

LABELS = ((85.0, "perfect"), (70.0, "great"), (50.0, "good"), (35.0, "ok"))
GRADES = ((90.0, "S"), (75.0, "A"), (60.0, "B"), (45.0, "C"), (35.0, "D"))
KEEP_PRACTISING = "keep practising"


def choose_label(score: float) -> str:
    """One word for the last seconds."""
    return next((name for least, name in LABELS if score >= least), "miss")


def choose_grade(score: float, coverage: float) -> str | None:
    """The grade of an attempt; None where too little of it was in view."""
    if coverage < FULL_COVERAGE:
        return None
    return next((name for least, name in GRADES if score >= least), KEEP_PRACTISING)


def skill_by_own_limb(skill: Floats, mirror: bool) -> dict[str, float | None]:
    """Skill by the learner's own left and right, clipped to 0..1."""
    own = skill[MIRRORED_LIMBS] if mirror else skill
    return {
        name: None if math.isnan(value) else round(min(1.0, max(0.0, value)), 3)
        for name, value in zip(LIMB_NAMES, own.tolist(), strict=True)
    }
