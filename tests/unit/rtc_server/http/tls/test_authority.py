"""What the authority of one's own signs, and what clients believe it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, Subject, VerificationError

from rtc_server.http.tls.authority import DOMAINS, Authority, create_authority

NOW = datetime(2026, 11, 29, tzinfo=UTC)
NAMES = ("192.168.1.5", "fd00::5", "laptop.local", "laptop")
AUTHORITY = create_authority(("laptop.local", "laptop"), NOW)


def subject(name: str) -> Subject:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def verify(pem: bytes, name: str, authority: Authority = AUTHORITY, at: datetime = NOW) -> None:
    """
    :raises VerificationError: a client would not believe that it speaks with `name`.
    """
    store = Store([authority.certificate])
    verifier = PolicyBuilder().store(store).time(at).build_server_verifier(subject(name))
    verifier.verify(x509.load_pem_x509_certificate(pem), [])


@pytest.mark.parametrize("name", [*NAMES, "127.0.0.1", "::1", "localhost"])
def test_a_client_that_trusts_the_authority_believes_its_certificate(name: str) -> None:
    verify(AUTHORITY.issue(NAMES, NOW), name)


def test_a_client_believes_it_for_no_other_name() -> None:
    pem = AUTHORITY.issue(NAMES, NOW)
    for name in ("192.168.1.6", "fd00::6", "other.local"):
        with pytest.raises(VerificationError):
            verify(pem, name)


def test_names_of_the_internet_are_left_out() -> None:
    pem = AUTHORITY.issue((*NAMES, "8.8.8.8", "2606:4700::1", "bank.example"), NOW)
    names = x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert {str(one.value) for one in names.value} == {*NAMES, "127.0.0.1", "::1", "localhost"}


@pytest.mark.parametrize("name", ["8.8.8.8", "2606:4700::1", "bank.example", "xlaptop", "com"])
def test_who_steals_the_key_cannot_speak_for_the_internet(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Authority, "covers", lambda *_: True)  # the thief's program
    pem = AUTHORITY.issue((name, "192.168.1.5"), NOW)
    for wanted in (name, "192.168.1.5"):
        with pytest.raises(VerificationError):
            verify(pem, wanted)


@pytest.mark.parametrize("domain", DOMAINS)
def test_it_may_name_hosts_of_local_domains(domain: str) -> None:
    assert AUTHORITY.covers(f"laptop.{domain}")
    assert not AUTHORITY.covers(f"laptop.{domain}.example")
    assert not AUTHORITY.covers(f"not{domain}")
    assert not AUTHORITY.covers(f"büro.{domain}")


def test_it_may_name_a_host_that_has_a_name_of_the_internet_and_no_other() -> None:
    authority = create_authority(("laptop.school.example",), NOW)
    verify(authority.issue(("laptop.school.example",), NOW), "laptop.school.example", authority)
    assert not authority.covers("school.example")
    assert not authority.covers("other.school.example")


def test_the_authority_signs_servers_and_no_other_authority() -> None:
    extensions = AUTHORITY.certificate.extensions
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical and basic.value.ca and basic.value.path_length == 0
    assert extensions.get_extension_for_class(x509.NameConstraints).critical
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.key_cert_sign and not usage.value.digital_signature


def test_a_certificate_is_as_apple_requires_it() -> None:
    """https://support.apple.com/en-us/103769"""
    certificate = x509.load_pem_x509_certificate(AUTHORITY.issue(NAMES, NOW))
    validity = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert validity <= timedelta(days=397)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert ExtendedKeyUsageOID.SERVER_AUTH in usage
    assert isinstance(certificate.signature_hash_algorithm, hashes.SHA256)


def test_a_device_whose_clock_is_a_little_late_believes_it() -> None:
    pem = AUTHORITY.issue(NAMES, NOW)
    verify(pem, "192.168.1.5", at=NOW - timedelta(hours=23))
    verify(pem, "192.168.1.5", at=NOW + timedelta(days=89))
    with pytest.raises(VerificationError):
        verify(pem, "192.168.1.5", at=NOW + timedelta(days=91))


def test_no_certificate_ends_after_its_authority() -> None:
    end = AUTHORITY.certificate.not_valid_after_utc
    certificate = x509.load_pem_x509_certificate(AUTHORITY.issue(NAMES, end - timedelta(days=5)))
    assert certificate.not_valid_after_utc == end


def test_a_long_host_name_is_no_reason_to_fail() -> None:
    long = "a" * 63
    authority = create_authority((f"{long}.local", long), NOW)
    verify(authority.issue((long,), NOW), long, authority)


def test_the_fingerprint_is_written_as_devices_show_it() -> None:
    parts = AUTHORITY.fingerprint.split(":")
    assert len(parts) == 32 and all(len(part) == 2 and part.upper() == part for part in parts)
