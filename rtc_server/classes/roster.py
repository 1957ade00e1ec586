"""What the teacher sees of everybody, as messages of the channel `roster`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rtc_server.classes.members import Member
from rtc_server.classes.progress import mean
from rtc_server.protocol.class_messages import (
    ROSTER_PART,
    FailedPassageFields,
    RosterEntry,
    RosterMessage,
    TileJoint,
)

WELL = 0.9  # skill from which on a limb is not off


def build_entry(member: Member, now_s: float, pose_fps: float) -> RosterEntry:
    """One learner."""
    scored = member.scored
    return {
        "learner": member.number,
        "name": member.name,
        "session": member.attendance(),
        "score": scored["score"] if scored else None,
        "lag_ms": scored["lag_ms"] if scored else None,
        "weakest": find_weakest(scored["limbs"]) if scored else None,
        "coverage": scored["coverage"] if scored else None,
        "connection": member.connection(now_s, pose_fps),
        "hand": member.hand_since_s is not None,
        "mirror": member.mirror,
        "pose": member.pose if member.seat is not None else None,
        "picture": member.snapshots.take() if member.shows_picture else None,
    }


def find_weakest(limbs: dict[str, float | None] | None) -> str | None:
    """The limb that was off most; None where none was off, or none is known."""
    known = {limb: skill for limb, skill in (limbs or {}).items() if skill is not None}
    weakest = min(known, key=known.__getitem__, default=None)
    return None if weakest is None or known[weakest] >= WELL else weakest


def sort_by_need(entries: Sequence[RosterEntry]) -> list[RosterEntry]:
    """Who needs help first: a raised hand, then who is not seen, then the lowest score."""

    def need(entry: RosterEntry) -> tuple[bool, bool, float]:
        score = entry["score"]
        is_seen = entry["session"] == "on" and entry["pose"] is not None
        return not entry["hand"], is_seen, 100.0 if score is None else score

    return sorted(entries, key=need)


def build_roster(
    seq: int,
    entries: Sequence[RosterEntry],
    *,
    lesson_s: float,
    hardest: FailedPassageFields | None,
    target: list[TileJoint] | None,
) -> Iterator[RosterMessage]:
    """All messages of one turn; at least one, where nobody is there."""
    ordered = sort_by_need(entries)
    score = mean(e["score"] for e in ordered if e["session"] == "on" and e["score"] is not None)
    for start in range(0, len(ordered) or 1, ROSTER_PART):
        yield {
            "type": "roster",
            "seq": seq,
            "from": start,
            "of": len(ordered),
            "lesson_s": round(lesson_s, 2),
            "score": score,
            "hardest": hardest,
            "target": target,
            "learners": ordered[start : start + ROSTER_PART],
        }
