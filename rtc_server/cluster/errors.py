"""Errors of session hosts."""

from __future__ import annotations

from rtc_server.errors import TandemError


class HostLost(TandemError):
    """A session host that has died, or does not answer."""

    code = "host_lost"


class UnknownHost(TandemError):
    """No session host of that name."""

    code = "unknown_host"


class LastHost(TandemError):
    """Nobody would take learners if this host did not."""

    code = "last_host"


class LessonUnreachable(TandemError):
    """A lesson of another machine, which cannot be fetched from there."""

    code = "lesson_unreachable"


class ClusterOff(TandemError):
    """This server runs its sessions in its own process."""

    code = "cluster_off"
