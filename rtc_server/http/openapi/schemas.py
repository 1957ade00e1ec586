"""The JSON that routes answer with, named as in docs/protocol.md."""

from __future__ import annotations

from typing import get_args

from rtc_server.http.openapi.json_schema import (
    array,
    describe_field,
    nullable,
    record,
    ref,
    value,
)
from rtc_server.http.requests.fields import Schema
from rtc_server.http.requests.parameters import JOB_ID, LESSON_ID, SESSION_ID, TITLE
from rtc_server.lessons.codecs import RATES
from rtc_server.protocol.server_messages import PLAYBACK_STATES
from rtc_server.scoring.attempt import MIRRORS
from rtc_server.uploads.job import State

UNIX_TIME = 1781250000.0


def count(description: str, example: int | None = None) -> Schema:
    return value("integer", description, example, minimum=0)


def seconds(description: str, example: float | None = None) -> Schema:
    return value("number", description, example, minimum=0)


PROBLEM = record(
    "An error, as RFC 9457 describes it.",
    {
        "type": value("string", "Always `about:blank`.", "about:blank"),
        "title": value("string", "The phrase of the status.", "Not Found"),
        "status": value("integer", "The HTTP status.", 404, minimum=400, maximum=599),
        "detail": value(
            *("string", "A sentence for people: what was expected, and what came."),
            "lesson: expected one of demo, got 'tango'",
        ),
        "code": value("string", "The error's name, for programs.", "unknown_lesson"),
    },
)

UPLOADS = record(
    "Whether lessons can be added.",
    {
        "allowed": value("boolean", "Whether the sender of this request may.", True),
        "why_not": nullable(value("string", "A sentence that says why not.")),
        "why_code": nullable(value("string", "The same, for programs.", enum=["off", "no_token"])),
        "needs_token": value("boolean", "Whether it takes the server's token.", False),
        "max_mb": value("integer", "How large a video may be, in megabytes.", 500),
        "max_s": value("number", "How long a lesson may be, in seconds.", 600),
    },
)
CONFIG = record(
    "What a client has to know of this server.",
    {
        "protocol": value("integer", "The protocol's version.", 1),
        "version": value("string", "The server's version.", "0.1.0"),
        "pose_fps": value("number", "How many samples a second are scored.", 5),
        "access": value(
            "string",
            "What lets the sender change lessons and read results by name: a program of the "
            "server's user on its machine, the token or the invitation that it sent, or nothing "
            "so far.",
            "local",
            enum=["local", "token", "invitation", "none"],
        ),
        "invitation": nullable(ref("Access")),
        "history": value(
            "string",
            "Whether results are stored, and whether the sender may read them by name.",
            "open",
            enum=["open", "closed", "off"],
        ),
        "ice_servers": array(
            record(
                "An RTCIceServer.",
                {
                    "urls": {
                        "description": "Its URL, or a list of them.",
                        "anyOf": [
                            value("string", "Its URL.", "stun:stun.example.org"),
                            array(value("string", "A URL.", "turn:turn.example.org"), "URLs."),
                        ],
                    },
                    "username": value(
                        "string", "For a TURN server.", "1800021600:0f1e2d3c4b5a6978"
                    ),
                    "credential": value(
                        "string", "For a TURN server.", "7kcVK0/8tLbDOY4MuqjI61KYC1M="
                    ),
                },
                optional=("username", "credential"),
            ),
            "STUN and TURN servers for the client's connection; credentials are new each time.",
        ),
        "uploads": UPLOADS,
        "classes": array(
            value("string", "A kind.", "lesson", enum=["lesson", "live"]),
            "Of what kinds there may be classes; none: there are none.",
        ),
    },
)

GRID = record(
    "Where the images of `thumbnails.jpg` are: image k shows the lesson at k · every_s and lies at "
    "column k % columns, row k // columns.",
    {
        "count": count("How many images.", 21),
        "every_s": count("Seconds of the lesson between two images.", 1),
        "columns": count("Images in a row.", 10),
        "rows": count("Rows.", 3),
        "width": count("Of an image, in pixels.", 68),
        "height": count("Of an image, in pixels.", 90),
    },
)
LESSON = record(
    "A lesson's metadata.",
    {
        "id": describe_field(LESSON_ID),
        "title": describe_field(TITLE),
        "duration_s": seconds("How long it is, in seconds.", 21.0),
        "width": count("Of the video, in pixels.", 720),
        "height": count("Of the video, in pixels.", 960),
        "pose_fps": value("number", "Poses of the instructor for each second.", 5),
        "has_audio": value("boolean", "Whether the video has a sound.", True),
        "samples": count("Poses of the instructor in all.", 105),
        "codecs": array(
            value("string", "", "vp8"),
            "The renditions; clients have to expect names that they do not know.",
        ),
        "rates": array(
            value("number", "", 1, enum=list(RATES)),
            "At which rates it can be played with its audio, in rising order.",
        ),
        "thumbnails": GRID,
        "instructors": array(
            record("", {"x": value("number", "Where they stand, from the left.", 0.31)}),
            "Whom a learner can follow, by their numbers: the first, unless they choose another. "
            "`x` is 0 to 1 of the frame.",
        ),
        "videos": array(
            record(
                "",
                {
                    "type": value("string", "The media type.", 'video/webm; codecs="vp8, opus"'),
                    "url": value("string", "", "/api/lessons/demo/video?format=webm"),
                },
            ),
            "In which forms `…/video` can be had: a player takes the first that it can play.",
        ),
    },
)
POSES = record(
    "The instructor's poses.",
    {
        "fps": value("number", "Samples for each second.", 5),
        "width": count("Of the video, in pixels.", 720),
        "height": count("Of the video, in pixels.", 960),
        "samples": array(
            record(
                "",
                {
                    "t_s": seconds("The lesson position, in seconds.", 0.2),
                    "people": array(
                        record(
                            "",
                            {
                                "score": value("number", "The mean confidence, 0 to 1.", 0.87),
                                "keypoints": array(
                                    array(
                                        {"type": ["number", "null"]},
                                        "[x, y, confidence] in pixels; [null, null, 0] if missing.",
                                        minItems=3,
                                        maxItems=3,
                                        examples=[[361.25, 120.5, 0.93]],
                                    ),
                                    "18 joints in COCO's order.",
                                    minItems=18,
                                    maxItems=18,
                                    examples=[[[361.25, 120.5, 0.93], *[[None, None, 0]] * 17]],
                                ),
                            },
                        ),
                        "The instructor, or nobody where they were not seen.",
                    ),
                },
            )
        ),
    },
)

JOB = record(
    "A video on its way to a lesson.",
    {
        "id": describe_field(JOB_ID),
        "state": value(
            "string", "The last three are ends.", "preparing", enum=list(get_args(State))
        ),
        "step": nullable(
            value(
                "string",
                "`upload` (`done` and `of` are bytes), `cut`, `poses`, `pictures` or `sound`.",
                "poses",
            )
        ),
        "done": nullable(value("number", "How much of the step is done.", 40)),
        "of": nullable(value("number", "Of how much.", 105)),
        "progress": value("number", "How much of this state is done.", 0.4, minimum=0, maximum=1),
        "eta_s": nullable(seconds("Seconds until this state ends; null if not known.", 12.5)),
        "ahead": count("How many jobs come before a waiting one.", 0),
        "lesson": describe_field(LESSON_ID),
        "title": value("string", "The lesson's title.", "First steps"),
        "error": nullable(value("string", "Why it failed, in a sentence.")),
        "code": nullable(value("string", "The same, for programs.")),
    },
)

SESSION_ANSWER = record(
    "The answer to an offer.",
    {
        "id": describe_field(SESSION_ID),
        "sdp": value("string", "The SDP answer.", "v=0\r\n…"),
        "type": value("string", "What the SDP is.", "answer", const="answer"),
    },
)
SESSION = record(
    "The state of a session.",
    {
        "id": describe_field(SESSION_ID),
        "state": value("string", "", "playing", enum=list(PLAYBACK_STATES)),
        "lesson": describe_field(LESSON_ID),
        "lesson_s": seconds("The lesson position, in seconds.", 8.2),
        "started_at": value("number", "Unix time.", UNIX_TIME),
        "mirror": value("string", "", "auto", enum=list(MIRRORS)),
        "resumed": nullable(
            record(
                "Where the session before this one broke off.",
                {
                    "lesson_s": seconds("The lesson position, in seconds.", 4.0),
                    "samples": count("How many samples were scored by then.", 20),
                },
            )
        ),
        "dancers": count("How many dance, where several were asked for.", 2),
        "instructors": array(
            {"type": "integer"},
            "Whom each dancer follows, by the lesson's numbers.",
            examples=[[0, 1]],
        ),
        "samples": count("How many samples were scored.", 41),
        "dropped": count("How many samples came due and were not scored.", 0),
        "rate": value("number", "Lesson seconds for each second.", 1, enum=list(RATES)),
        "loop": nullable(
            array(
                {"type": "number"},
                "The passage that repeats: [from_s, to_s].",
                minItems=2,
                maxItems=2,
                examples=[[4, 8.5]],
            )
        ),
        "webcam_frames": count("Frames that came.", 246),
        "webcam_frames_replaced": count("Frames that a newer one replaced; no loss.", 205),
        "webcam_frames_skipped": count("Frames that were not decoded.", 0),
        "webcam_frames_too_old": count("Frames that waited too long to be scored.", 0),
        "packets_given_up": count("Gaps in the webcam's packets.", 0),
        "key_frames_asked": count("Key frames requested of the client.", 1),
        "decoder_late": count("How often the decoder's queue was thrown away.", 0),
        "low_bit_rate": value("boolean", "Whether the low rendition is sent.", False),
        "bit_rate_changes": count("How often the rendition changed.", 0),
        "key_frames_on_request": count("How often the client requested a key frame.", 0),
        "camera": ref("Camera"),
        "messages_lost": count("Control messages thrown away.", 0),
        "scores_lost": count("Scores that were not sent.", 0),
    },
    ("dancers",),
)
