"""Which certificates are used, and what is said of the others."""

from __future__ import annotations

import logging
import os
import shutil
import ssl
from pathlib import Path

import pytest

from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.http.tls.certificate import Certificate
from tests.certificates import DAY, make_certificate


def test_a_certificate_is_read_again_when_its_files_change(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    certificate = Certificate(*files)
    assert certificate.context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert not certificate.refresh()
    make_certificate(tmp_path, "other.example")
    assert certificate.refresh()
    assert not certificate.refresh()


def test_a_new_certificate_that_does_not_fit_is_said_once_and_not_used(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    loaded = Certificate(certificate, key)
    shutil.copy(make_certificate(tmp_path / "other")[0], certificate)
    os.utime(certificate, (1, 1))
    with pytest.raises(BadConfig, match=f"{key}: expected the key of {certificate}"):
        loaded.refresh()
    assert not loaded.refresh()


def test_one_that_ends_soon_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Certificate(*make_certificate(tmp_path, end=2 * DAY))
    assert "the TLS certificate ends on" in caplog.text


def test_one_that_is_not_valid_now_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="expected a certificate that is valid now, got one from"):
        Certificate(*make_certificate(tmp_path / "old", begin=-9 * DAY, end=-DAY))
    with pytest.raises(BadConfig, match="expected a certificate that is valid now, got one from"):
        Certificate(*make_certificate(tmp_path / "new", begin=DAY, end=9 * DAY))


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    certificate, _ = make_certificate(tmp_path / "one")
    _, key = make_certificate(tmp_path / "other")
    with pytest.raises(BadConfig, match="got another one"):
        Certificate(certificate, key)


def test_a_key_with_a_password_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="expected a key without a password"):
        Certificate(*make_certificate(tmp_path, password=b"secret"))


def test_what_is_not_pem_is_refused(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    with pytest.raises(BadConfig, match="expected a certificate in PEM"):
        Certificate(key, key)
    with pytest.raises(BadConfig, match="expected a private key in PEM"):
        Certificate(certificate, certificate)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    certificate, _ = make_certificate(tmp_path)
    missing = tmp_path / "none.pem"
    for files in ((missing, certificate), (certificate, missing)):
        with pytest.raises(BadConfig, match=f"{missing}: expected a file that can be read"):
            Certificate(*files)


@pytest.mark.parametrize("name", ["tls_cert", "tls_key"])
def test_one_file_alone_is_refused(name: str) -> None:
    with pytest.raises(BadConfig, match=f"PEM files, got only {name}"):
        Config(**{name: "file.pem"})
