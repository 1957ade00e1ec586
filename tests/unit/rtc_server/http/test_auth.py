"""Who may change lessons and read results over HTTP: configuration, token and origin."""

import pytest
from multidict import CIMultiDict

from rtc_server.config import Config
from rtc_server.errors import TokenNeeded, UploadsOff
from rtc_server.http.auth import (
    describe_uploads,
    is_history_open,
    require_uploads_allowed,
    why_uploads_closed,
)

TOKEN = "an-entirely-secret-word"
HERE = {"Host": "127.0.0.1:8080"}


def headers(**more: str) -> CIMultiDict[str]:
    return CIMultiDict(HERE | {name.replace("_", "-"): value for name, value in more.items()})


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:9", "[::1]:8080", "127.8.8.8"])
def test_on_loopback_uploads_are_open(host: str) -> None:
    require_uploads_allowed(Config(), headers(Host=host))
    require_uploads_allowed(Config(), headers(Host=host, Origin=f"http://{host}"))
    require_uploads_allowed(Config(), headers(Host=host, Sec_Fetch_Site="same-origin"))


def test_switched_off_uploads_are_closed_even_with_the_token() -> None:
    config = Config(uploads=False, token=TOKEN)
    with pytest.raises(UploadsOff, match="switched off on this server"):
        require_uploads_allowed(config, headers(Authorization=f"Bearer {TOKEN}"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.0.7", "dance.example"])
def test_beyond_loopback_uploads_need_a_token(host: str) -> None:
    with pytest.raises(UploadsOff, match="start it with TANDEM_TOKEN"):
        require_uploads_allowed(Config(host=host), headers())
    require_uploads_allowed(
        Config(host=host, token=TOKEN), headers(Authorization=f"Bearer {TOKEN}")
    )


@pytest.mark.parametrize(
    "more",
    [
        {"Host": "dance.example"},
        {"Host": "evil.example:8080"},  # DNS rebinding: a name that resolves to this machine
        {"Host": ""},
        {"X_Forwarded_For": "192.0.2.7"},
        {"Forwarded": "for=192.0.2.7"},
    ],
)
def test_behind_a_proxy_uploads_need_a_token(more: dict[str, str]) -> None:
    with pytest.raises(UploadsOff, match="another name"):
        require_uploads_allowed(Config(), headers(**more))
    bearer = {"Authorization": f"bearer {TOKEN}"}
    require_uploads_allowed(Config(token=TOKEN), headers(**more, **bearer))


@pytest.mark.parametrize(
    "more",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:9000"},  # another program's page on this machine
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://127.0.0.1:8080"},
    ],
)
def test_a_page_of_another_origin_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(UploadsOff, match="expected a request from this server's own page"):
        require_uploads_allowed(Config(), headers(**more))


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        ("", "got none"),
        (f"Basic {TOKEN}", "got none"),
        ("Bearer", "got another one"),
        (f"Bearer {TOKEN}x", "got another one"),
        ("Bearer an-entirely-sécret-word", "got another one"),
    ],
)
def test_without_the_right_token_uploads_are_refused(shown: str, sentence: str) -> None:
    with pytest.raises(TokenNeeded, match=sentence):
        require_uploads_allowed(Config(token=TOKEN), headers(Authorization=shown))


def test_uploads_are_described_for_the_page() -> None:
    assert describe_uploads(Config(), headers()) == {
        **{"allowed": True, "why_not": None, "why_code": None, "needs_token": False},
        **{"max_mb": 500, "max_s": 600.0},
    }
    closed = describe_uploads(Config(host="0.0.0.0"), headers())
    assert closed["allowed"] is False and "TANDEM_TOKEN" in str(closed["why_not"])
    assert closed["why_code"] == "no_token"
    assert describe_uploads(Config(uploads=False), headers())["why_code"] == "off"
    assert describe_uploads(Config(host="0.0.0.0", token=TOKEN), headers())["needs_token"] is True
    assert why_uploads_closed(Config(host="0.0.0.0", token=TOKEN), headers()) is None


@pytest.mark.parametrize(
    ("listens", "access", "more", "is_open"),
    [
        ("127.0.0.1", "auto", {}, True),
        ("::1", "auto", {"Host": "[::1]:8080"}, True),
        ("0.0.0.0", "auto", {}, False),
        ("dance.example", "auto", {}, False),
        ("127.0.0.1", "auto", {"Host": "dance.example"}, False),
        ("127.0.0.1", "auto", {"X_Forwarded_For": "10.0.0.7"}, False),
        ("0.0.0.0", "open", {"Host": "dance.example"}, True),
        ("127.0.0.1", "closed", {}, False),
    ],
)
def test_results_are_open_to_this_machine_unless_configured_otherwise(
    listens: str, access: str, more: dict[str, str], is_open: bool
) -> None:
    config = Config(host=listens, history_access=access)
    assert is_history_open(config, headers(**more)) is is_open
