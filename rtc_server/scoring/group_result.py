"""The result of several dancers: each one's own, and who danced which passage best. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rtc_server.protocol.server_messages import (
    MAX_TIMELINE_POINTS,
    DancerSummaryFields,
    GroupPassageFields,
    SummaryMessage,
)
from rtc_server.scoring.summary import Summary

PASSAGE_S = 8.0  # of the lesson; longer where there would be too many
MAX_PASSAGES = 60
MIN_LEAD = 3.0  # points; with less between the two best, nobody was better


def build_group_summary(summaries: Sequence[Summary]) -> SummaryMessage:
    """One message for all; its own fields are the first dancer's."""
    points = MAX_TIMELINE_POINTS // (len(summaries) + 1)  # so that it never is too long to send
    message = summaries[0].message(points)
    message["dancers"] = [_dancer_fields(k, each, points) for k, each in enumerate(summaries)]
    message["passages"] = rate_passages([each.timeline for each in summaries])
    return message


def rate_passages(
    timelines: Sequence[Sequence[tuple[float, float]]],
) -> list[GroupPassageFields]:
    """Who danced which passage best.

    :param timelines: each dancer's (lesson_s, score), in the order of time.
    """
    ends_s = max((timeline[-1][0] for timeline in timelines if timeline), default=0.0)
    step_s = PASSAGE_S * max(1, math.ceil(ends_s / PASSAGE_S / MAX_PASSAGES))
    sums: dict[int, list[list[float]]] = {}
    for dancer, timeline in enumerate(timelines):
        for lesson_s, score in timeline:
            passage = sums.setdefault(int(lesson_s // step_s), [[] for _ in timelines])
            passage[dancer].append(score)
    return [
        _build_passage(k * step_s, step_s, [_mean(each) for each in sums[k]]) for k in sorted(sums)
    ]


def _build_passage(from_s: float, step_s: float, scores: list[float | None]) -> GroupPassageFields:
    ranked = sorted((score, k) for k, score in enumerate(scores) if score is not None)
    best = None
    if ranked and (len(ranked) == 1 or ranked[-1][0] - ranked[-2][0] >= MIN_LEAD):
        best = ranked[-1][1]
    return {"from_s": from_s, "to_s": from_s + step_s, "scores": scores, "best": best}


def _mean(scores: list[float]) -> float | None:
    return round(sum(scores) / len(scores), 1) if scores else None


def _dancer_fields(dancer: int, summary: Summary, points: int) -> DancerSummaryFields:
    return {"dancer": dancer, **summary.fields(points)}
