"""`run.py invite`: the link alone on stdout, and sentences for what cannot be."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from rtc_server import cli
from rtc_server.client.options import LearnerOptions, split_link
from rtc_server.commands.serve import announce
from rtc_server.config import Config
from rtc_server.invitations.server_url import choose_public_url, save_url
from rtc_server.invitations.signer import InvitationSigner

SECRET = "a secret of the tests that is long enough"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TANDEM_INVITATIONS", str(tmp_path / "invitations"))
    return tmp_path / "invitations"


def invite(capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[str, str]:
    """What it prints on stdout and stderr."""
    assert cli.main(["invite", *flags]) == 0
    printed = capsys.readouterr()
    return printed.out, printed.err


def failure(capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    assert cli.main(["invite", *flags]) == 1
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert printed.out == "" and line.startswith("error: ")
    return line


def test_stdout_has_the_link_and_nothing_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_SECRET", SECRET)
    out, err = invite(capsys, "--name", "Ann", "--for", "30m", "--url", "https://dance.example/")
    link = out.removesuffix("\n")
    assert link.startswith("https://dance.example/#invite=") and "\n" not in link
    assert err.startswith("This link lets Ann in, to all lessons, until 2") and "ey" not in err
    read = InvitationSigner(SECRET).read(link.partition("=")[2], time.time())
    assert (read.name, read.role) == ("Ann", "learner")
    assert 1790 < read.expires_s - time.time() <= 1800


def test_invitations_are_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    invite(capsys, "--name", "Ann", "--for", "7d")
    invite(capsys, "--role", "teacher")
    out, _ = invite(capsys, "--list", "--json")
    teacher, ann = sorted(json.loads(out), key=lambda each: each["role"], reverse=True)
    assert (teacher["role"], teacher["name"], ann["name"]) == ("teacher", None, "Ann")
    assert invite(capsys, "--revoke", ann["id"])[0] == f"revoked {ann['id']}\n"
    lines = invite(capsys, "--list")[0].splitlines()
    assert len(lines) == 2
    assert next(line for line in lines if ann["id"] in line).endswith("  Ann  (revoked)")
    assert next(line for line in lines if teacher["id"] in line).endswith("  (anybody)")
    assert failure(capsys, "--revoke", "ffff") == (
        "error: expected the id of an invitation that has not ended, got 'ffff'"
    )


def test_a_new_secret_forgets_all(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    invite(capsys)
    before = (folder / "secret").read_text()
    assert "let nobody in any more" in invite(capsys, "--new-secret")[0]
    assert (folder / "secret").read_text() != before
    assert invite(capsys, "--list") == ("", "no invitation holds\n")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--for", "soon"], "expected a time such as 30m, 12h or 7d, got 'soon'"),
        (["--for", "1s"], "for 1 minute to 366 days, got 1 seconds"),
        (["--for", "400d"], "for 1 minute to 366 days"),
        (["--url", "dance.example"], "expected the address of the server, https://HOST"),
        (["--name", ""], "expected 1 to 40 characters"),
        (["--lesson", "../demo"], "id of a lesson"),
        (["--lesson", "tango"], "lesson"),
        (["--role", "teacher", "--lesson", "demo"], "leave out the lesson"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_makes_no_invitation(
    flags: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
) -> None:
    monkeypatch.setenv("TANDEM_LESSONS", str(tmp_path / "lessons"))
    assert said in failure(capsys, *flags)
    assert invite(capsys, "--list")[0] == ""


@pytest.mark.parametrize("flags", [["--list", "--revoke", "x"], ["--role", "operator"]])
def test_wrong_usage(flags: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["invite", *flags])
    assert stopped.value.code == 2


def test_serve_says_how_to_invite(capsys: pytest.CaptureFixture[str]) -> None:
    announce(Config(access="invite", history=""), "http://127.0.0.1:8080")
    said = capsys.readouterr().out
    assert "Only the invited may come: `run.py invite` makes a link for them.\n" in said


def test_without_a_url_the_link_has_the_address_of_the_server_that_was_started_last(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invite(capsys)[0].startswith("http://127.0.0.1:8080/#invite=")
    save_url(Config(invitations=folder), "https://192.168.1.5:8443")
    assert invite(capsys)[0].startswith("https://192.168.1.5:8443/#invite=")
    (folder / "url").write_bytes(b"\xff")
    monkeypatch.setenv("TANDEM_PUBLIC_HOSTS", "dance.example")
    assert invite(capsys)[0].startswith("https://dance.example/#invite=")


@pytest.mark.parametrize(
    ("settings", "announced", "url"),
    [
        ({}, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ({"public_hosts": ("a.example", "b")}, "http://127.0.0.1:8080", "https://a.example"),
        (
            {"public_hosts": ("a.example",), "tls_cert": "c", "tls_key": "k"},
            *("https://0.0.0.0:8443", "https://a.example:8443"),
        ),
        (
            {"public_hosts": ("a.example",), "tls_cert": "c", "tls_key": "k"},
            *("https://0.0.0.0:443", "https://a.example"),
        ),
    ],
)
def test_the_address_for_others_has_the_public_name(
    settings: dict[str, Any], announced: str, url: str
) -> None:
    assert choose_public_url(Config(**settings), announced) == url


@pytest.mark.parametrize(
    ("link", "url", "token"),
    [
        ("https://h/#invite=a.b.c", "https://h/", "a.b.c"),
        ("http://h:8080/#token=abc", "http://h:8080/", "abc"),
        ("http://h:8080", "http://h:8080", None),
        ("http://h/#other=x", "http://h/", None),
    ],
)
def test_a_headless_learner_takes_the_token_out_of_its_link(
    link: str, url: str, token: str | None
) -> None:
    assert split_link(link) == (url, token)
    options = LearnerOptions(url, "demo", "instructor", token=token)
    assert token is None or token not in repr(options)
    assert options.headers() == ({"Authorization": f"Bearer {token}"} if token else {})
