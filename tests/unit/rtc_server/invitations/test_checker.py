"""What a running server knows of invitations outlasts files that are gone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rtc_server.config import Config
from rtc_server.invitations.checker import InvitationChecker
from rtc_server.invitations.errors import InvitationRevoked
from rtc_server.invitations.issue import InvitationWish
from rtc_server.invitations.secret import secret_path
from rtc_server.invitations.store import FILE_NAME


async def test_what_was_revoked_stays_revoked_while_the_list_is_gone(tmp_path: Path) -> None:
    checker = InvitationChecker(Config(access="invite", invitations=tmp_path))
    token, issued = await checker.issue(InvitationWish())
    await checker.revoke(issued.id)
    (tmp_path / FILE_NAME).unlink()
    await checker.refresh()
    with pytest.raises(InvitationRevoked):
        await checker.read(token)


async def test_a_secret_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    config = Config(access="invite", invitations=tmp_path)
    checker = InvitationChecker(config)
    token, _ = await checker.issue(InvitationWish())
    secret_path(config).unlink()
    await checker.refresh()
    assert (await checker.read(token)).expires_s > time.time()
    assert not secret_path(config).exists()
