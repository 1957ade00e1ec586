"""A server whose hosts have room for two sessions each: a class has to be on several of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from rtc_server.cli import main
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.places.front_places import FrontPlaces
from rtc_server.cluster.remote_session import RemoteSession
from rtc_server.errors import ServerFull

PLACES = 2


def require_room(
    _: FrontPlaces, host: HostRecord, sessions: Iterable[RemoteSession], **__: Any
) -> None:
    if sum(session.host is host for session in sessions) >= PLACES:
        raise ServerFull("no host has time for one more learner; try again soon")


if __name__ == "__main__":
    FrontPlaces.require_room = require_room  # type: ignore[method-assign]
    sys.exit(main())
