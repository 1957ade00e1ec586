"""What `GET /api/sessions/{id}` says of a session's attempt and of its connection."""

from __future__ import annotations

from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.session.cameras.session_cameras import SessionCameras
from rtc_server.session.connection import SessionConnection
from rtc_server.session.session_request import SessionRequest
from rtc_server.sync.player import Player


def describe_attempt(
    request: SessionRequest, attempt: GroupAttempt, player: Player
) -> dict[str, object]:
    """Where the attempt is, and how the lesson plays; of several dancers, how many they are."""
    dancers = {} if request.dancers is None else {"dancers": request.dancers}
    return {
        "lesson": request.lesson.id,
        "lesson_s": round(player.position_s, 3),
        "mirror": request.mirror,
        **dancers,
        "samples": attempt.samples,
        "dropped": attempt.dropped,
        "rate": player.clock.rate,
        "loop": player.clock.loop,
    }


def describe_connection(
    connection: SessionConnection, cameras: SessionCameras
) -> dict[str, object]:
    """What was sent, received and lost."""
    return {
        **connection.downlink.statistics(),
        **cameras.switch.statistics(),
        "camera": cameras.describe(),
        "messages_lost": connection.peer.inbox.lost,
        "scores_lost": connection.peer.scores_lost,
    }
