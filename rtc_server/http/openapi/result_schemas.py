"""The JSON of results: lines, reports, leaderboards and exports, named as in docs/protocol.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtc_server.history.results import COMPARED_FIELDS, LIST_FIELDS
from rtc_server.http.openapi.json_schema import (
    array,
    describe_field,
    nullable,
    of_type,
    record,
    ref,
    value,
)
from rtc_server.http.openapi.schemas import UNIX_TIME
from rtc_server.http.requests.fields import Schema
from rtc_server.http.requests.parameters import LEARNER, LESSON_ID, RESULT_ID
from rtc_server.protocol.server_messages import END_REASONS, SummaryMessage

# What lists and reports say of an attempt, besides its summary.
ATTEMPT_FIELDS: Mapping[str, Schema] = {
    "id": describe_field(RESULT_ID),
    "learner": nullable(value("string", "The learner's name.", LEARNER.example)),
    "lesson": ref("LessonName"),
    "started_at": value("number", "Unix time.", UNIX_TIME),
    "ended_at": nullable(value("number", "Unix time; null while it runs.", UNIX_TIME + 24)),
    "reason": nullable(
        value("string", "How it ended; null while it runs.", "finished", enum=list(END_REASONS))
    ),
}
LESSON_NAME = record(
    "Which lesson it was.",
    {"id": describe_field(LESSON_ID), "title": value("string", "Its title then.", "First steps")},
)
# The descriptions and examples of a summary's fields; their types are SummaryMessage's.
SUMMARY_TEXTS: Mapping[str, tuple[str, Any]] = {
    "type": ("What message it was.", "summary"),
    "score": ("0 to 100.", 84.2),
    "shape": ("How alike the poses were, 0 to 100.", 82.0),
    "timing": ("How well in time, 0 to 100; null where nothing shows it.", 91.5),
    "energy": ("How large the movements were, 0 to 100.", 88.0),
    "grade": ("A letter; null if too little was in view.", "A"),
    "coverage": ("How much of the lesson was in view, 0 to 1.", 0.96),
    "lag_ms": ("How late the learner moved; negative if early.", 110),
    "samples": ("How many samples were scored.", 118),
    "dropped": ("How many samples came due and were not scored.", 2),
    "limbs": ("The skill of each limb: 1 is perfect, 0 is chance.", {"left_forearm": 0.45}),
    "best": ("The best passages.", [{"from_s": 4, "to_s": 8, "score": 96.1}]),
    "worst": ("The worst passages.", [{"from_s": 13, "to_s": 17, "score": 61}]),
    "timeline": ("Pairs of a lesson position and a score.", [[4, 88], [5, 90.5]]),
    "mirror": ("`on` or `off`.", "on"),
    "complete": ("Whether the lesson was danced to its end.", True),
    "verdict": ("What went wrong, in a sentence.", "your left forearm was off most"),
    "findings": (
        "The same for other languages, what matters most first.",
        [
            {
                "kind": "weakest",
                "parts": ["left_forearm"],
                "amount": None,
                "sentence": "your left forearm was off most",
            }
        ],
    ),
}
DANCER_EXAMPLE = {name: example for name, (_, example) in SUMMARY_TEXTS.items() if name != "type"}
GROUP_TEXTS: Mapping[str, tuple[str, Any]] = {
    "dancers": (
        "Of several dancers: the same of each, with their number from 0 on.",
        [{"dancer": 0, **DANCER_EXAMPLE}],
    ),
    "passages": (
        "Of several dancers: how each danced which passage, and whose was clearly the best.",
        [{"from_s": 0, "to_s": 8, "scores": [84.2, 71.0], "best": 0}],
    ),
}
SUMMARY_FIELDS: Mapping[str, Schema] = {
    name: {**schema, "description": text, "examples": [example]}
    for name, schema in of_type(SummaryMessage)["properties"].items()
    for text, example in [{**SUMMARY_TEXTS, **GROUP_TEXTS}[name]]
}
# Results that older versions stored, or of one learner, lack them.
ADDED_LATER = ("findings", "dancers", "passages")
STORED_SUMMARY = record("The `summary` message of an attempt.", SUMMARY_FIELDS, ADDED_LATER)
LINE_FIELDS = {**ATTEMPT_FIELDS, **{name: SUMMARY_FIELDS[name] for name in LIST_FIELDS}}
LINE = record("An attempt, as lists show it.", LINE_FIELDS)
CHANGE = record(
    "How a result differs from the last stored one of the same learner and lesson.",
    {
        **{
            name: nullable(value("number", "Now minus then; null if either is not known.", 3.5))
            for name in COMPARED_FIELDS
        },
        "since": ref("Line"),
    },
)
REPORT = record(
    "Everything about an attempt.",
    {**SUMMARY_FIELDS, **ATTEMPT_FIELDS, "change": nullable(ref("Change"))},
    ADDED_LATER,
)
HISTORY_PAGE = record(
    "A learner's results, the newest first.",
    {
        "learner": value("string", "The name as it is stored.", LEARNER.example),
        "results": array(ref("Line")),
        "next": nullable(value("string", "The `cursor` of the next part; null at the end.")),
    },
)
LEADERBOARD = record(
    "The best complete and graded result of each learner.",
    {
        "lesson": ref("LessonName"),
        "entries": array(
            record("", {"place": value("integer", "From 1 on.", 1, minimum=1), **LINE_FIELDS}),
            maxItems=20,
        ),
    },
)
EXPORT = record(
    "Everything that is stored under a name.",
    {
        "learner": value("string", "The name as it is stored.", LEARNER.example),
        "results": array(record("", {**ATTEMPT_FIELDS, "summary": ref("Summary")})),
    },
)
