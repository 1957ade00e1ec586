from pathlib import Path

import pytest

from rtc_server.config import AUTO, Config
from rtc_server.config_sources import load_config
from rtc_server.errors import BadConfig


def test_flags_override_environment_overrides_file_overrides_defaults(tmp_path: Path) -> None:
    file = tmp_path / "tandem.toml"
    file.write_text('port = 1111\npose_fps = 4\nmax_sessions = 3\nice_servers = ["stun:a"]\n')
    config = load_config(
        {"port": 3333, "host": None},
        environ={"TANDEM_PORT": "2222", "TANDEM_MAX_SESSIONS": "2"},
        file=file,
    )
    assert (config.port, config.max_sessions, config.pose_fps) == (3333, 2, 4.0)
    assert config.host == Config().host
    assert config.ice_servers == ("stun:a",)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({"port": 70000}, "port: expected 0 to 65535, got 70000"),
        ({"pose_fps": 0}, "pose_fps: expected 0.5 to 30, got 0.0"),
        ({"engine": "cuda"}, "engine: expected one of auto, openvino, tensorflow, got 'cuda'"),
        (
            {"pose_precision": "f16"},
            "pose_precision: expected one of auto, f32, bf16, int8, got 'f16'",
        ),
        ({"history_access": "all"}, "history_access: expected one of auto, open, closed, got"),
        ({"trusted_proxies": "10.0.0.0/8,nginx"}, "trusted_proxies: expected IP addresses or"),
        ({"public_hosts": "https://a.example"}, "public_hosts: expected host names such as dance"),
        ({"log_format": "xml"}, "log_format: expected one of text, json, got 'xml'"),
        ({"max_sessions": "many"}, "max_sessions: expected auto or a whole number from 1, got 'm"),
        ({"max_sessions": 0}, "max_sessions: expected auto or a whole number from 1, got 0"),
        ({"max_sessions": "-3"}, "max_sessions: expected auto or a whole number from 1, got '-3'"),
        ({"max_sessions": 5000}, "max_sessions: expected 1 to 1000, got 5000"),
    ],
)
def test_a_wrong_value_is_reported(flags: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadConfig, match="^" + sentence.replace("(", r"\(")):
        load_config(flags, environ={})


def test_an_unknown_setting_in_the_file_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "tandem.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(
        BadConfig, match=r"unknown settings prot; expected some of access, cluster, "
    ):
        load_config({}, environ={}, file=file)


def test_the_number_of_learners_is_automatic_or_given(tmp_path: Path) -> None:
    assert Config().max_sessions == AUTO
    assert load_config({"max_sessions": "12"}, environ={}).max_sessions == 12
    file = tmp_path / "tandem.toml"
    file.write_text("max_sessions = 4\n")
    assert load_config({}, environ={}, file=file).max_sessions == 4
    auto = load_config({}, environ={"TANDEM_MAX_SESSIONS": "auto"}, file=file)
    assert auto.max_sessions == AUTO


def test_a_crop_is_automatic_or_within_bounds() -> None:
    assert Config(crop_side=0).crop_side == 0
    with pytest.raises(BadConfig, match=r"96 to 368, or 0 .*, got 50"):
        Config(crop_side=50)


@pytest.mark.parametrize(("word", "value"), [("false", False), ("0", False), ("Yes", True)])
def test_a_switch_is_a_word_for_true_or_false(word: str, value: bool) -> None:
    assert load_config({}, environ={"TANDEM_UPLOADS": word}).uploads is value
    with pytest.raises(BadConfig, match="uploads: expected true or false, got 'maybe'"):
        load_config({}, environ={"TANDEM_UPLOADS": "maybe"})


def test_a_token_is_long_and_never_shown() -> None:
    config = load_config({}, environ={"TANDEM_TOKEN": "an-entirely-secret-word"})
    assert config.token == "an-entirely-secret-word" and "secret" not in repr(config)
    with pytest.raises(BadConfig, match=r"^token: expected at least 16 characters .*, got 7$"):
        load_config({"token": "hunter2"}, environ={})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_only_this_machine_reaches_a_loopback_host(host: str) -> None:
    assert Config(host=host).on_loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.0.7", "dance.example"])
def test_other_machines_reach_any_other_host(host: str) -> None:
    assert not Config(host=host).on_loopback


def test_each_start_has_a_token_that_no_setting_sets(tmp_path: Path) -> None:
    config = load_config({}, environ={"TANDEM_START_TOKEN": "chosen-by-somebody"})
    assert len(config.start_token) > 20
    assert config.start_token != Config().start_token and config.start_token not in repr(config)
    assert config.operator_token == config.start_token
    assert Config(token="an-entirely-secret-word").operator_token == "an-entirely-secret-word"
    file = tmp_path / "tandem.toml"
    file.write_text('start_token = "chosen-by-somebody"\n')
    with pytest.raises(BadConfig, match="unknown settings start_token"):
        load_config({}, environ={}, file=file)


def test_lan_listens_on_every_address_unless_one_is_given() -> None:
    assert load_config({"lan": True}, environ={}).host == ""
    assert load_config({}, environ={"TANDEM_LAN": "1"}).host == ""
    assert load_config({"lan": True, "host": "10.0.0.4"}, environ={}).host == "10.0.0.4"


def test_lan_asks_for_invitations_unless_it_is_open() -> None:
    assert load_config({"lan": True}, environ={}).access == "invite"
    assert load_config({"lan": True}, environ={"TANDEM_ACCESS": "open"}).access == "open"
    assert load_config({}, environ={}).access == "open"
    assert load_config({}, environ={"TANDEM_LAN": "0"}).host == Config().host


def test_lan_on_the_loopback_is_refused() -> None:
    with pytest.raises(BadConfig, match="lan: expected a host that other devices reach, got 127"):
        load_config({"lan": True, "host": "127.0.0.1"}, environ={})


def test_the_server_makes_a_certificate_where_the_operator_gives_none() -> None:
    files = {"tls_cert": "cert.pem", "tls_key": "key.pem"}
    assert Config(lan=True, host="").has_own_certificate
    assert Config(tls="self-signed").has_own_certificate
    assert not Config().has_own_certificate
    assert not Config(lan=True, host="", **files).has_own_certificate
    with pytest.raises(BadConfig, match="tls: expected either self-signed or tls_cert and tls_key"):
        Config(tls="self-signed", **files)
