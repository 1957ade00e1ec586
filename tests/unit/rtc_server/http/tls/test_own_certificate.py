"""The server's own certificate in its folder: made once and renewed in time."""

from __future__ import annotations

import logging
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from rtc_server.errors import BadConfig
from rtc_server.http.tls.own_certificate import OwnCertificate
from tests.certificates import make_certificate

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
HOST = ("laptop.local", "laptop")
ADDRESSES = ("192.168.1.5",)


def open_own(folder: Path, now: datetime = NOW) -> OwnCertificate:
    return OwnCertificate(folder / "tls", HOST, now)


def serial(own: OwnCertificate) -> int:
    return x509.load_pem_x509_certificate(own.file.read_bytes()).serial_number


def test_the_authority_is_made_once_and_its_files_are_private(tmp_path: Path) -> None:
    first = open_own(tmp_path)
    assert first.renew(ADDRESSES, NOW)
    again = open_own(tmp_path)
    assert again.authority.pem == first.authority.pem
    assert not again.renew(ADDRESSES, NOW)
    folder = tmp_path / "tls"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"authority.pem": 0o600, "server.pem": 0o600}


def test_tls_takes_the_file_as_it_is(tmp_path: Path) -> None:
    own = open_own(tmp_path)
    own.renew(ADDRESSES, NOW)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(own.file, own.file)


def test_it_is_renewed_a_month_before_it_ends(tmp_path: Path) -> None:
    own = open_own(tmp_path)
    own.renew(ADDRESSES, NOW)
    first = serial(own)
    assert not own.renew(ADDRESSES, NOW + 59 * DAY)
    assert own.renew(ADDRESSES, NOW + 60 * DAY)
    assert serial(own) != first
    assert not own.renew(ADDRESSES, NOW + 61 * DAY)


def test_it_is_renewed_for_a_new_address_and_not_for_one_that_is_gone(tmp_path: Path) -> None:
    own = open_own(tmp_path)
    own.renew(ADDRESSES, NOW)
    assert own.renew((*ADDRESSES, "10.0.0.4"), NOW)
    assert not own.renew(("10.0.0.4",), NOW)
    assert not own.renew((), NOW)


def test_an_address_of_the_internet_does_not_renew_it_for_ever(tmp_path: Path) -> None:
    own = open_own(tmp_path)
    own.renew(("8.8.8.8", *ADDRESSES), NOW)
    assert not own.renew(("8.8.8.8", *ADDRESSES), NOW)


@pytest.mark.parametrize("content", [b"", b"no certificate", None])
def test_a_damaged_server_certificate_is_made_anew(tmp_path: Path, content: bytes | None) -> None:
    own = open_own(tmp_path)
    own.renew(ADDRESSES, NOW)
    if content is None:  # a certificate with another's key
        other = make_certificate(tmp_path / "other")[1].read_bytes()
        content = other + own.file.read_bytes().partition(b"-----BEGIN CERT")[2]
    own.file.write_bytes(content)
    assert own.renew(ADDRESSES, NOW)


def test_one_of_another_authority_is_made_anew(tmp_path: Path) -> None:
    own, other = open_own(tmp_path / "own"), open_own(tmp_path / "other")
    other.renew(ADDRESSES, NOW)
    own.file.write_bytes(other.file.read_bytes())
    assert own.renew(ADDRESSES, NOW)


@pytest.mark.parametrize("damage", ["empty", "cut", "key of another", "no authority"])
def test_a_damaged_authority_is_never_replaced(tmp_path: Path, damage: str) -> None:
    open_own(tmp_path)
    file = tmp_path / "tls" / "authority.pem"
    whole = file.read_bytes()
    files = make_certificate(tmp_path / "other")
    damaged = {
        "empty": b"",
        "cut": whole[:-100],
        "key of another": files[1].read_bytes() + whole[whole.index(b"-----BEGIN CERT") :],
        "no authority": files[1].read_bytes() + files[0].read_bytes(),
    }[damage]
    file.write_bytes(damaged)
    with pytest.raises(BadConfig, match=f"{file}: expected .*, got .*from a backup, or move it"):
        open_own(tmp_path)
    assert file.read_bytes() == damaged


def test_one_that_cannot_be_read_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "tls" / "authority.pem").mkdir(parents=True)  # also root cannot read it
    with pytest.raises(BadConfig, match="expected the server's certificate authority, which this"):
        open_own(tmp_path)


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file")
    with pytest.raises(BadConfig, match=f"{tmp_path / 'tls'}: expected a folder for the server's"):
        open_own(tmp_path)


def test_an_authority_that_has_ended_is_said_and_never_replaced(tmp_path: Path) -> None:
    own = open_own(tmp_path)
    for now in (NOW + 3650 * DAY, NOW - 2 * DAY):
        with pytest.raises(BadConfig, match=r"valid now .* clock right\? Put it back"):
            own.renew(ADDRESSES, now)
    assert open_own(tmp_path, NOW + 4000 * DAY).authority.pem == own.authority.pem


def test_an_authority_that_ends_soon_is_said_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    open_own(tmp_path)
    with caplog.at_level(logging.WARNING):
        open_own(tmp_path, NOW + 3600 * DAY)
    assert "the certificate authority ends on" in caplog.text


def test_the_last_certificate_of_an_authority_is_not_renewed_each_minute(tmp_path: Path) -> None:
    own = open_own(tmp_path)
    assert own.renew(ADDRESSES, NOW + 3640 * DAY)
    assert not own.renew(ADDRESSES, NOW + 3641 * DAY)


def test_a_key_that_others_could_read_is_hidden_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    open_own(tmp_path)
    file = tmp_path / "tls" / "authority.pem"
    file.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        open_own(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"other users could read the key in {file}" in caplog.text


def test_of_two_servers_that_start_at_once_the_second_takes_the_authority_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_own(tmp_path)
    monkeypatch.setattr(Path, "exists", lambda _: False)  # it looked before the first had written
    assert open_own(tmp_path).authority.pem == first.authority.pem
