"""Opens what a server that asks for invitations needs, and ends the sessions of the uninvited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from rtc_server.http.app_keys import CONFIG, INVITATIONS, SESSIONS
from rtc_server.invitations.checker import InvitationChecker


async def open_invitations(app: web.Application) -> AsyncIterator[None]:
    """
    :raises BadConfig: the secret cannot be read or made.
    :raises InvitationsUnavailable: the list of invitations cannot be used.
    """
    config = app[CONFIG]
    if config.access != "invite":
        yield
        return
    checker = app[INVITATIONS] = await asyncio.to_thread(InvitationChecker, config)

    def end_uninvited() -> None:
        app[SESSIONS].end_uninvited(checker.holds)

    async with asyncio.TaskGroup() as tasks:
        refreshing = tasks.create_task(checker.keep_fresh(end_uninvited), name="invitations")
        yield
        refreshing.cancel()
