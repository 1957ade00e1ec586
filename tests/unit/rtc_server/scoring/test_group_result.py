"""Several dancers: an attempt each, one message for all, and who danced which passage best."""

from __future__ import annotations

from typing import Any

import pytest

from rtc_server.protocol.server_messages import MAX_SENT_BYTES, to_json
from rtc_server.scoring.attempt import Attempt
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.scoring.group_result import (
    MAX_PASSAGES,
    MIN_LEAD,
    PASSAGE_S,
    build_group_summary,
    rate_passages,
)
from rtc_server.types import Pose
from tests.unit.rtc_server import dances


def test_each_dancer_is_scored_as_alone_at_the_same_lesson_positions() -> None:
    reference = dances.lesson()
    group, alone = GroupAttempt(reference, "off", 2), Attempt(reference, "off")
    for pose in dances.dance().poses():
        nobody = Pose.nobody(pose.captured_s)
        group.score_sample(pose.captured_s, [nobody, pose], 1.0)
        alone.add_sample(pose.captured_s, pose)
    nobodys, second = group.summaries(complete=True)
    assert second == alone.summary(complete=True) and second.score > 90
    assert nobodys.findings[0].kind == "nobody" and nobodys.samples == second.samples


def test_what_all_miss_is_counted_for_all() -> None:
    group = GroupAttempt(dances.lesson(), "off", 3)
    group.dropped += 2
    group.add_sample(1.0, Pose.nobody(1.0))
    assert [s.dropped for s in group.summaries(complete=False)] == [2, 2, 2]
    assert [s.samples for s in group.summaries(complete=False)] == [1, 1, 1]


def test_the_message_has_the_first_dancers_fields_and_those_of_each() -> None:
    group = GroupAttempt(dances.lesson(), "off", 2)
    for pose in dances.dance().poses():
        group.score_sample(pose.captured_s, [pose, Pose.nobody(pose.captured_s)])
    message: dict[str, Any] = dict(build_group_summary(group.summaries(complete=True)))
    first, second = message["dancers"]
    assert (first["dancer"], second["dancer"]) == (0, 1)
    own = {name: message[name] for name in first if name != "dancer"}
    assert own == {name: value for name, value in first.items() if name != "dancer"}
    assert second["score"] == 0 and second["grade"] is None
    assert {passage["best"] for passage in message["passages"]} == {0}


@pytest.mark.parametrize(
    ("scores", "best"),
    [((90.0, 50.0), 0), ((50.0, 50.0 + MIN_LEAD), 1), ((50.0, 50.0 + MIN_LEAD - 1), None)],
)
def test_who_danced_a_passage_best(scores: tuple[float, float], best: int | None) -> None:
    (passage,) = rate_passages([[(4.0, scores[0])], [(5.0, scores[1])]])
    expected = {"from_s": 0.0, "to_s": PASSAGE_S, "scores": list(scores), "best": best}
    assert passage == expected


def test_who_was_not_in_view_has_no_score_in_a_passage() -> None:
    first, second = rate_passages([[(4.0, 60.0), (12.0, 80.0)], [(4.0, 90.0)]])
    assert first["best"] == 1
    assert second["scores"] == [80.0, None] and second["best"] == 0


def test_a_summary_of_four_who_danced_for_an_hour_can_be_sent() -> None:
    group = GroupAttempt(dances.lesson(), "off", 4)
    hour = [(float(k), 71.3) for k in range(3600)]
    summaries = group.summaries(complete=True)
    for summary in summaries:
        summary.timeline.extend(hour)
    message = build_group_summary(summaries)
    assert len(message["passages"]) <= MAX_PASSAGES + 1
    assert len(to_json(message)) < MAX_SENT_BYTES


def test_nobody_danced_anything() -> None:
    assert rate_passages([[], []]) == []
