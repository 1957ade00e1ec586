"""The QR code's invitation: one for all who scan it, renewed before it ends or when it is void."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtc_server.config import Config
from rtc_server.http.lan.shared_invitation import LASTS_S, RENEWED_S, SharedInvitation
from rtc_server.invitations.secret import load_secret, replace_secret
from rtc_server.invitations.signer import InvitationSigner
from rtc_server.invitations.store import InvitationStore

NOW_S = 1_800_000_000.0


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(access="invite", invitations=tmp_path)


def test_it_is_the_same_for_a_day_and_holds_for_a_week(config: Config) -> None:
    shared = SharedInvitation(config)
    first = shared.make_fragment(NOW_S)
    assert shared.make_fragment(NOW_S + RENEWED_S - 1) == first
    assert shared.make_fragment(NOW_S + RENEWED_S) != first
    signer = InvitationSigner(load_secret(config))
    invitation = signer.read(first.removeprefix("invite="), NOW_S + LASTS_S - 1)
    assert invitation.is_shared and (invitation.role, invitation.lesson) == ("learner", None)


def test_one_that_is_revoked_is_shown_no_more(config: Config) -> None:
    shared = SharedInvitation(config)
    first = shared.make_fragment(NOW_S)
    store = InvitationStore(config.invitations)
    store.revoke(store.list(NOW_S)[0].id, NOW_S)
    second = shared.make_fragment(NOW_S)
    replace_secret(config)
    assert len({first, second, shared.make_fragment(NOW_S)}) == 3


def test_an_open_server_needs_none(tmp_path: Path) -> None:
    assert SharedInvitation(Config(invitations=tmp_path / "none")).make_fragment(NOW_S) == ""
    assert not (tmp_path / "none").exists()
