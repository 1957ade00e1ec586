"""Under which names a server answers."""

import pytest

from rtc_server.config import Config
from rtc_server.errors import WrongHost
from rtc_server.http.host_names import is_known_host, parse_host, require_known_host

PUBLIC = ("dance.example", "203.0.113.7", "2001:db8::7", "tänzer.example")


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost:8080", "localhost.:1", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"],
)
def test_loopback_names_are_always_known(host: str) -> None:
    assert is_known_host(Config(), host)
    assert is_known_host(Config(host="0.0.0.0"), host)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.1",
            "2130706433",
        ),
        *("evil@localhost", "localhost@evil.example", "localhost:8080@evil.example"),
        *("localhost/evil", "localhost evil", "localhost:x", "localhost:999999", "", "[evil]"),
        *(
            "[127.0.0.1]",
            "[::1",
            "::1",
            "localhost,evil.example",
            "\u2025example",
            "a" * 9000,
            "ß" * 4000,
        ),
    ],
)
def test_other_names_are_unknown(host: str) -> None:
    for listens in ("127.0.0.1", "0.0.0.0"):
        with pytest.raises(WrongHost, match=r"expected a request for .*--public-host"):
            require_known_host(Config(host=listens), {"Host": host})


@pytest.mark.parametrize(
    "host",
    [
        *("dance.example", "Dance.Example:443", "dance.example.", "203.0.113.7:8443"),
        *("[2001:db8:0::7]", "xn--tnzer-gra.example"),
    ],
)
def test_declared_names_are_known(host: str) -> None:
    assert is_known_host(Config(public_hosts=PUBLIC), host)
    assert not is_known_host(Config(public_hosts=("other.example",)), host)


@pytest.mark.parametrize("host", ["192.168.0.7:8080", "[2001:db8::1]:8080", "0.0.0.0:8080"])
def test_addresses_are_known_where_others_may_reach_the_server(host: str) -> None:
    assert is_known_host(Config(host="0.0.0.0"), host)
    assert not is_known_host(Config(), host)


def test_the_name_that_the_server_listens_on_is_known() -> None:
    assert is_known_host(Config(host="dance.example"), "dance.example:8080")
    assert is_known_host(Config(host="192.168.0.7"), "192.168.0.7:8080")


def test_in_a_local_network_the_machines_own_names_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ("laptop.local", "laptop")
    monkeypatch.setattr("rtc_server.http.host_names.find_host_names", lambda: names)
    lan = Config(lan=True, host="")
    for host in ("laptop.local:8080", "LAPTOP.local.", "laptop", "192.168.1.5:8080"):
        assert is_known_host(lan, host)
    for host in ("other.local", "laptop.example", "evil.example", "x.laptop.local", ".", ""):
        assert not is_known_host(lan, host)
    assert not is_known_host(Config(host=""), "laptop.local")


def test_a_request_without_a_host_passes() -> None:
    require_known_host(Config(), {})


def test_a_name_is_parsed_to_its_usual_form() -> None:
    assert parse_host("[2001:DB8::0]:1") == "2001:db8::"
    assert parse_host("EXAMPLE.org:") == "example.org"
