"""Who may change lessons and read results over HTTP: configuration, token and origin."""

from collections.abc import Callable

import pytest
from multidict import CIMultiDict

from rtc_server.config import Config
from rtc_server.errors import HistoryClosed, TandemError, TokenNeeded, UploadsOff
from rtc_server.http.auth import (
    Caller,
    LocalCheckBusy,
    describe_access,
    describe_uploads,
    is_history_open,
    may_be_local,
    require_history_open,
    require_known,
    require_metrics_allowed,
    require_operator,
    require_uploads_allowed,
    why_uploads_closed,
)

TOKEN = "an-entirely-secret-word"
HERE = {"Host": "127.0.0.1:8080"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}
BY_NAME = [(require_uploads_allowed, UploadsOff), (require_history_open, HistoryClosed)]


def headers(**more: str) -> CIMultiDict[str]:
    return CIMultiDict(HERE | {name.replace("_", "-"): value for name, value in more.items()})


def local(**more: str) -> Caller:
    return Caller(headers(**more), is_local=True)


def other(**more: str) -> Caller:
    return Caller(headers(**more), is_local=False)


def perhaps_local(**more: str) -> Caller:
    return Caller(headers(**more), is_local=None)


Require = Callable[[Config, Caller], None]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:9", "LOCALHOST.", "[::1]", "127.8.8.8"]
)
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "127.5.5.5"])
def test_a_request_may_be_local(host: str, peer: str) -> None:
    assert may_be_local(Config(), headers(Host=host), peer)


@pytest.mark.parametrize(
    ("more", "peer"),
    [
        ({}, "192.0.2.7"),
        ({}, "unknown"),
        ({"Host": "dance.example"}, "127.0.0.1"),
        ({"Host": "localhost.evil.example"}, "127.0.0.1"),
        ({"Host": "127.0.0.1@evil.example"}, "127.0.0.1"),
        ({"Host": "evil.example@127.0.0.1"}, "127.0.0.1"),
        ({"Host": "192.168.0.7:8080"}, "127.0.0.1"),
        ({"Host": ""}, "127.0.0.1"),
        ({"X_Forwarded_For": "127.0.0.1"}, "127.0.0.1"),
        ({"x_real_ip": "127.0.0.1"}, "127.0.0.1"),
        ({"Forwarded": "for=127.0.0.1"}, "127.0.0.1"),
        ({"Via": "1.1 proxy"}, "127.0.0.1"),
    ],
)
def test_headers_and_address_can_say_that_a_request_is_not_local(
    more: dict[str, str], peer: str
) -> None:
    assert not may_be_local(Config(), headers(**more), peer)


def test_a_declared_proxy_is_never_local_even_without_headers() -> None:
    assert not may_be_local(Config(trusted_proxies=("127.0.0.0/8",)), headers(), "127.0.0.1")


@pytest.mark.parametrize(("require", "refusal"), BY_NAME)
def test_who_is_local_needs_no_token(require: Require, refusal: type[TandemError]) -> None:
    require(Config(), local())
    require(Config(), local(Origin="http://127.0.0.1:8080", Sec_Fetch_Site="same-origin"))
    require(Config(), local(Authorization="Bearer of-the-servers-last-start"))
    with pytest.raises(refusal, match="TANDEM_TOKEN"):
        require(Config(), other())


@pytest.mark.parametrize(("require", "refusal"), BY_NAME)
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "dance.example"])
def test_everybody_else_needs_the_token_of_the_servers_start(
    require: Require, refusal: type[TandemError], host: str
) -> None:
    config = Config(host=host)
    require(config, other(Authorization=f"Bearer {config.start_token}"))
    require(
        config, other(Authorization=f"bearer  {config.start_token} ", Origin="http://x.example")
    )
    with pytest.raises(TokenNeeded, match="got another one"):
        require(config, other(Authorization=f"Bearer {Config().start_token}"))


@pytest.mark.parametrize(("require", "refusal"), BY_NAME)
def test_with_a_token_of_the_operators_everybody_needs_it(
    require: Require, refusal: type[TandemError]
) -> None:
    config = Config(token=TOKEN)
    for caller in (local, other):
        require(config, caller(**BEARER))
        with pytest.raises(TokenNeeded, match="got none"):
            require(config, caller())
        with pytest.raises(TokenNeeded, match="got another one"):
            require(config, caller(Authorization=f"Bearer {config.start_token}"))


@pytest.mark.parametrize(("require", "refusal"), BY_NAME)
@pytest.mark.parametrize(
    "more",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:9000"},  # another program's page on this machine
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://127.0.0.1:8080"},
    ],
)
def test_a_page_of_another_origin_is_refused(
    require: Require, refusal: type[TandemError], more: dict[str, str]
) -> None:
    with pytest.raises(refusal, match="expected a request from this server's own page"):
        require(Config(), local(**more))


def test_switched_off_uploads_are_closed_even_with_the_token() -> None:
    with pytest.raises(UploadsOff, match="switched off on this server"):
        require_uploads_allowed(Config(uploads=False, token=TOKEN), local(**BEARER))


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        ("", "got none"),
        (f"Basic {TOKEN}", "got none"),
        ("Bearer", "got another one"),
        (f"Bearer {TOKEN}x", "got another one"),
        ("Bearer an-entirely-sécret-word", "got another one"),
        ("Bearer an-entirely-s\udcffcret-word", "got another one"),  # no UTF-8
    ],
)
def test_without_the_right_token_uploads_are_refused(shown: str, sentence: str) -> None:
    with pytest.raises(TokenNeeded, match=sentence):
        require_uploads_allowed(Config(token=TOKEN), other(Authorization=shown))


def test_uploads_are_described_for_the_page() -> None:
    assert describe_uploads(Config(), local()) == {
        **{"allowed": True, "why_not": None, "why_code": None, "needs_token": False},
        **{"max_mb": 500, "max_s": 600.0},
    }
    closed = describe_uploads(Config(host="0.0.0.0"), other())
    assert closed["allowed"] is False and "TANDEM_TOKEN" in str(closed["why_not"])
    assert closed["why_code"] == "no_token"
    assert describe_uploads(Config(uploads=False), local())["why_code"] == "off"
    assert describe_uploads(Config(host="0.0.0.0", token=TOKEN), other())["needs_token"] is True
    assert why_uploads_closed(Config(host="0.0.0.0", token=TOKEN), other()) is None
    assert why_uploads_closed(Config(), other(Authorization="Bearer wrong")) is not None


def test_access_is_described_for_the_page() -> None:
    config = Config()
    assert describe_access(config, local()) == "local"
    assert describe_access(config, other()) == "none"
    assert describe_access(config, other(Authorization="Bearer wrong")) == "none"
    assert (
        describe_access(config, other(Authorization=f"Bearer {config.operator_token}")) == "token"
    )
    assert describe_access(Config(token=TOKEN), local()) == "none"


@pytest.mark.parametrize(
    ("access", "caller", "is_open"),
    [
        ("auto", local(), True),
        ("auto", other(), False),
        ("open", other(Host="dance.example"), True),
        ("closed", local(), False),
        ("closed", other(**BEARER), False),
    ],
)
def test_results_are_open_to_the_operator_unless_configured_otherwise(
    access: str, caller: Caller, is_open: bool
) -> None:
    assert is_history_open(Config(history_access=access), caller) is is_open


def test_metrics_are_for_this_machine_and_who_has_the_token() -> None:
    require_metrics_allowed(Config(token=TOKEN), local())
    require_metrics_allowed(Config(token=TOKEN), other(**BEARER))
    for more in ({}, {"Authorization": "Bearer wrong"}):
        with pytest.raises(TokenNeeded):
            require_metrics_allowed(Config(), other(**more))


def test_the_hosts_are_the_operators() -> None:
    require_operator(Config(), local())
    require_operator(Config(token=TOKEN), other(**BEARER))
    page = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    for config, caller in (
        (Config(), other()),
        (Config(), local(**page)),
        (Config(token=TOKEN), local()),
        (Config(), other(**BEARER)),
    ):
        with pytest.raises(TokenNeeded):
            require_operator(config, caller)


ALL = [*(require for require, _ in BY_NAME), require_metrics_allowed, require_operator]


@pytest.mark.parametrize("require", ALL)
def test_who_may_be_local_is_told_to_come_again_while_nobody_can_tell(require: Require) -> None:
    with pytest.raises(LocalCheckBusy, match="try again in a second") as refusal:
        require_known(Config(), perhaps_local(), require)
    assert refusal.value.retry_after_s == 1


@pytest.mark.parametrize("require", ALL)
def test_the_token_needs_no_answer_of_the_kernel(require: Require) -> None:
    require_known(Config(token=TOKEN), perhaps_local(**BEARER), require)


@pytest.mark.parametrize("require", ALL)
def test_who_is_known_is_refused_as_ever(require: Require) -> None:
    require_known(Config(), local(), require)
    with pytest.raises((HistoryClosed, TokenNeeded, UploadsOff)):
        require_known(Config(), other(), require)


@pytest.mark.parametrize(
    ("config", "require", "refusal"),
    [
        (Config(uploads=False), require_uploads_allowed, UploadsOff),
        (Config(history_access="closed"), require_history_open, HistoryClosed),
        (Config(token=TOKEN), require_uploads_allowed, TokenNeeded),
        (Config(token=TOKEN), require_operator, TokenNeeded),
    ],
)
def test_what_being_local_would_not_change_is_refused_at_once(
    config: Config, require: Require, refusal: type[TandemError]
) -> None:
    with pytest.raises(refusal):
        require_known(config, perhaps_local(), require)


def test_another_sites_page_is_refused_at_once() -> None:
    page = perhaps_local(Origin="https://evil.example", Sec_Fetch_Site="cross-site")
    with pytest.raises(TokenNeeded, match="this server's own page"):
        require_known(Config(), page, require_operator)
