"""The secret's file and the list of invitations, which two processes share."""

from __future__ import annotations

import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from rtc_server.config import Config
from rtc_server.errors import BadConfig, BadLearner
from rtc_server.invitations import store as store_module
from rtc_server.invitations.checker import InvitationChecker
from rtc_server.invitations.errors import (
    BadInvitation,
    InvitationRevoked,
    InvitationsUnavailable,
    UnknownInvitation,
)
from rtc_server.invitations.issue import (
    InvitationWish,
    build_link,
    issue_invitation,
    parse_duration_s,
    sign_invitation,
)
from rtc_server.invitations.secret import load_secret, replace_secret, secret_path
from rtc_server.invitations.signer import InvitationSigner
from rtc_server.invitations.store import InvitationStore

NOW_S = 1_800_000_000.0
SECRET = "a secret of the tests that is long enough"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(invitations=tmp_path / "data" / "invitations", access="invite")


def token_of(link: str) -> str:
    return link.partition("#invite=")[2]


def test_the_secret_is_made_once_and_for_its_user_only(config: Config) -> None:
    secret = load_secret(config)
    assert len(secret) >= 43 and load_secret(config) == secret
    path = secret_path(config)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


def test_two_that_make_it_at_once_have_the_same(config: Config) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(load_secret(config))) for _ in "12345"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5 and len(set(found)) == 1


def test_a_setting_takes_the_place_of_the_file(config: Config, tmp_path: Path) -> None:
    other = Config(invitations=tmp_path / "none", secret=SECRET)
    assert load_secret(other) == SECRET and not (tmp_path / "none").exists()
    assert SECRET not in repr(other)
    with pytest.raises(BadConfig, match="TANDEM_SECRET"):
        replace_secret(other)
    with pytest.raises(BadConfig, match=r"^secret: expected at least 32 characters .*, got 5$"):
        Config(secret="short")


def test_a_damaged_or_unreadable_secret_is_a_sentence(config: Config, tmp_path: Path) -> None:
    load_secret(config)
    secret_path(config).write_text("short\n")
    with pytest.raises(BadConfig, match=r"at least 32 characters, got 5; `run\.py invite"):
        load_secret(config)
    secret_path(config).write_bytes(b"\xff" * 40)
    with pytest.raises(BadConfig, match="cannot be read"):
        load_secret(config)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadConfig, match="TANDEM_SECRET another secret"):
        load_secret(Config(invitations=tmp_path / "file"))


def test_an_invitation_is_kept_without_its_token(config: Config) -> None:
    wish = InvitationWish("learner", "Ann", "demo", 3600)
    link = issue_invitation(config, "https://dance.example/any?x#y", wish, NOW_S)
    assert link.startswith("https://dance.example/#invite=ey")
    (kept,) = InvitationStore(config.invitations).list(NOW_S)
    assert (kept.name, kept.lesson, kept.role) == ("Ann", "demo", "learner")
    assert kept.expires_s == NOW_S + 3600 and kept.revoked_s is None
    database = config.invitations / store_module.FILE_NAME
    assert token_of(link).encode() not in database.read_bytes()
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


async def test_what_another_process_revokes_holds_no_more(config: Config) -> None:
    checker = InvitationChecker(config)
    token = token_of(issue_invitation(config, "http://x", InvitationWish(), time.time()))
    invitation = await checker.read(token)
    assert invitation.is_shared and checker.holds(invitation)
    InvitationStore(config.invitations).revoke(invitation.id, time.time())
    await checker.refresh()
    with pytest.raises(
        InvitationRevoked, match=r"^this invitation was revoked; ask for a new one$"
    ):
        await checker.read(token)
    assert not checker.holds(invitation)


async def test_a_new_secret_revokes_all(config: Config) -> None:
    checker = InvitationChecker(config)
    token, _ = await checker.issue(InvitationWish(name="Ann"))
    before = await checker.read(token)
    replace_secret(config)
    await checker.refresh()
    with pytest.raises(BadInvitation, match="another secret"):
        await checker.read(token)
    assert not checker.holds(before)
    again = await checker.read(
        token_of(issue_invitation(config, "http://x", InvitationWish(name="Ann"), time.time()))
    )
    assert again.learner == before.learner  # Ann's results are still Ann's


async def test_a_server_whose_files_fail_goes_on_with_what_it_knows(config: Config) -> None:
    checker = InvitationChecker(config)
    token, issued = await checker.issue(InvitationWish())
    await checker.revoke(issued.id)
    (config.invitations / store_module.FILE_NAME).write_bytes(b"no database" * 100)
    await checker.refresh()
    with pytest.raises(InvitationRevoked):
        await checker.read(token)
    with pytest.raises(InvitationsUnavailable, match="cannot be used"):
        await checker.list()


def test_what_has_ended_is_forgotten_and_the_list_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MAX_INVITATIONS", 3)
    store, signer = InvitationStore(tmp_path), InvitationSigner(SECRET)

    def issue(lasts_s: float, now_s: float) -> str:
        return sign_invitation(signer, store, InvitationWish(lasts_s=lasts_s), now_s)[1].id

    first = issue(60, NOW_S)
    others = [issue(3600, NOW_S), issue(3600, NOW_S + 1)]
    with pytest.raises(InvitationsUnavailable, match="3 invitations have not ended yet"):
        issue(60, NOW_S + 59)
    last = issue(60, NOW_S + 60)
    assert [each.id for each in store.list(NOW_S + 60)] == [last, *reversed(others)]
    store.revoke(last, NOW_S + 61)
    assert store.revoked_ids(NOW_S + 61) == {last}
    assert store.revoked_ids(NOW_S + 120) == frozenset()
    with pytest.raises(UnknownInvitation, match=f"got '{first}'"):
        store.revoke(first, NOW_S + 61)


def test_a_store_without_a_file_is_empty_and_makes_none(tmp_path: Path) -> None:
    store = InvitationStore(tmp_path / "none")
    assert store.list(NOW_S) == [] and store.revoked_ids(NOW_S) == frozenset()
    with pytest.raises(UnknownInvitation):
        store.revoke("0123456789abcdef", NOW_S)
    assert not (tmp_path / "none").exists()


WRONG_WISHES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"lasts_s": 59}, BadConfig, "1 minute to 366 days, got 59 seconds"),
    ({"lasts_s": 400 * 86400}, BadConfig, "366 days"),
    ({"role": "teacher", "lesson": "demo"}, BadInvitation, "leave out the lesson"),
    ({"lesson": "../demo"}, BadInvitation, "id of a lesson"),
    ({"name": "..."}, BadLearner, "dots only"),
]


@pytest.mark.parametrize(("wish", "kind", "said"), WRONG_WISHES)
def test_wrong_wishes_are_refused(wish: dict[str, Any], kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        InvitationWish(**wish)


@pytest.mark.parametrize("url", ["", "dance.example", "ftp://x", "https://", "https://u:p@x"])
def test_a_link_needs_the_address_of_a_server(url: str) -> None:
    with pytest.raises(BadConfig, match="expected the address of the server"):
        build_link(url, "token")


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("12h", 43200), ("7d", 604800)])
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "12", "h", "-1h", "1.5h", "1 h", "1w", "٣h"])
def test_no_durations(text: str) -> None:
    with pytest.raises(BadConfig, match="a time such as 30m, 12h or 7d"):
        parse_duration_s(text)
