"""The JSON of classes: of one, of a new one, and of a report."""

from __future__ import annotations

from typing import get_args

from rtc_server.classes.options import ENTRIES, MAX_LEARNERS
from rtc_server.http.openapi.json_schema import array, nullable, record, ref, value
from rtc_server.http.openapi.json_schema import describe_field as described
from rtc_server.http.requests.class_body import CODE
from rtc_server.http.requests.parameters import TITLE
from rtc_server.protocol.class_messages import ClassKind, ClassState
from rtc_server.protocol.server_messages import PLAYBACK_STATES
from rtc_server.uploads.job import State

KINDS = list(get_args(ClassKind))
UNIX = "Unix time, in seconds."
CLASS_FIELDS = {
    "code": value("string", CODE.description, CODE.example),
    "title": described(TITLE),
    "kind": value("string", "Whether it follows a lesson or its teacher.", "lesson", enum=KINDS),
    "lesson": nullable(ref("Lesson")),
    "state": value(
        "string", "`held`: its teacher is not there.", "open", enum=list(get_args(ClassState))
    ),
    "playback": value("string", "What it plays.", "ready", enum=list(PLAYBACK_STATES)),
    "present": value("integer", "How many learners are there.", 7, minimum=0),
    "max_learners": value("integer", "How many may be there.", 20, minimum=1, maximum=MAX_LEARNERS),
    "admission": value("string", "How learners are let in.", "open", enum=list(ENTRIES)),
    "leaderboard": value("boolean", "Whether it has one.", example=False),
    "keep": value("boolean", "Whether it becomes a lesson.", example=False),
    "opened_at": value("number", UNIX, 1795960800.5),
}
CLASS = record("A class, as whoever has its code sees it.", CLASS_FIELDS)
NEW_CLASS = record(
    "A class that was just opened; `token`, `link` and `qr_svg` are in no other answer.",
    {
        **CLASS_FIELDS,
        "token": value("string", "Whoever sends it as bearer token is the teacher.", "Xk3…"),
        "link": value("string", "What learners open.", "https://tandem.example/#class=KRT4MW"),
        "qr_svg": value("string", "The link as a QR code, an SVG element.", "<svg …"),
    },
)
CLASSES = record("Those that are open.", {"classes": array(ref("Class"))})
PASSAGE = record(
    "How many of the class failed in a passage.",
    {
        "from_s": value("number", "In the lesson, like the next.", 4.0),
        "to_s": value("number", "", 8.0),
        "score": value("number", "The mean of all, 0..100.", 41.2),
        "failing": value("integer", "How many had under 50.", 9),
        "of": value("integer", "How many danced it.", 21),
    },
)
ROW = record(
    "One learner of a class; null where nothing was scored.",
    {
        "learner": value("integer", "Their number.", 3),
        "name": value("string", "", "Ann"),
        **{
            name: nullable(value("number", "As in a `summary`.", example))
            for name, example in (
                *(("score", 81.2), ("shape", 84.0), ("timing", 79.5), ("energy", 88.1)),
                *(("coverage", 0.97), ("lag_ms", 120.0), ("samples", 118)),
            )
        },
        "grade": nullable(value("string", "As in a `summary`.", "A")),
        "weakest": nullable(value("string", "The limb that was off most.", "left_forearm")),
        "mirror": nullable(value("string", "Whether they mirrored the teacher.", "on")),
        "complete": nullable(value("boolean", "Whether they danced to the end.", example=True)),
        "hands": value("integer", "How often they raised a hand.", 1),
        "cues": value("integer", "How many cues they got.", 4),
        "joined_at": value("number", UNIX, 1795960860.5),
        "left_at": nullable(value("number", UNIX, 1795961160.5)),
    },
)
KEPT = record(
    "The lesson that a live class becomes; fields that are not described are a job's.",
    {
        "state": value(
            "string",
            "`recording` until the class ends, `saving` until there is a job; then the job's.",
            "preparing",
            enum=["recording", "saving", *get_args(State)],
        ),
        "job": nullable(value("string", "The job's id, for `/api/jobs/{id}`.")),
        "from_s": nullable(value("number", "Where in the class the lesson begins, in s.", 0.2)),
        "step": nullable(value("string", "", "poses")),
        "progress": value("number", "", 0.4, minimum=0, maximum=1),
        "eta_s": nullable(value("number", "", 12.5)),
        "ahead": value("integer", "", 0),
        "lesson": nullable(value("string", "Its id.", "tuesday")),
        "title": value("string", "The class's.", "Tuesday"),
        "error": nullable(value("string", "Why there is no lesson, in a sentence.")),
        "code": nullable(value("string", "The same, for programs.")),
    },
)
CLASS_REPORT = record(
    "How a class danced, so far or in all.",
    {
        "code": CLASS_FIELDS["code"],
        "title": CLASS_FIELDS["title"],
        "kind": CLASS_FIELDS["kind"],
        "lesson": nullable(ref("LessonName")),
        "opened_at": CLASS_FIELDS["opened_at"],
        "began_at": nullable(value("number", UNIX, 1795960870.5)),
        "ended_at": nullable(value("number", UNIX, 1795961160.5)),
        "complete": value("boolean", "It has ended, and so have its sessions.", example=True),
        "learners": array(ROW, "The best first."),
        "passages": array(PASSAGE),
        "hardest": nullable(PASSAGE),
        "timeline": array(
            {
                "type": "array",
                "prefixItems": [{"type": "number"}, {"type": "number"}, {"type": "integer"}],
                "minItems": 3,
                "maxItems": 3,
                "examples": [[6.0, 41.2, 21]],
            },
            "Middle of a passage in s, mean score, of how many learners.",
        ),
        "kept": nullable(KEPT),
    },
)
