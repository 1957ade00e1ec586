"""A certificate authority of one's own, for the local network only.

A device that trusts it could be deceived by whoever steals its key. So the authority's certificate
says for which names it may speak (name constraints, RFC 5280, 4.2.1.10): addresses that nobody has
on the internet, and names that lead nowhere there. Browsers refuse its certificates for others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_FOR = timedelta(days=3650)
# Apple allows 825 days below authorities that a user has added, and others 397.
CERTIFICATE_VALID_FOR = timedelta(days=90)
SLOW_CLOCK = timedelta(days=1)  # how late a device's clock may be
MAX_COMMON_NAME = 64  # RFC 5280, A.1
NETWORKS = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # RFC 1918
    *("100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),  # CGN and VPNs, link-local, loopback
    *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15"),  # for tests
    *("fc00::/7", "fe80::/10", "::1/128", "2001:db8::/32"),
)
DOMAINS = ("localhost", "local", "internal", "home.arpa", "lan")
LOOPBACK = ("127.0.0.1", "::1", "localhost")

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority's certificate, which devices may install, and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        """The certificate, which is no secret."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def name(self) -> str:
        """What devices call it."""
        return str(self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as devices show it."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def covers(self, name: str) -> bool:
        """Whether the authority may name a host or an address in a certificate."""
        constraints = self.certificate.extensions.get_extension_for_class(x509.NameConstraints)
        permitted = constraints.value.permitted_subtrees or []
        address = _parse_address(name)
        if address is not None:
            values = (one.value for one in permitted if isinstance(one, x509.IPAddress))
            return any(
                address in network
                for network in values
                if isinstance(network, IPv4Network | IPv6Network)
            )
        if not name.isascii():
            return False  # names of other scripts are written as xn--… in certificates
        domains = (one.value for one in permitted if isinstance(one, x509.DNSName))
        return any(name == domain or name.endswith(f".{domain}") for domain in domains)

    def issue(self, names: Iterable[str], now: datetime) -> bytes:
        """A new key and its certificate for hosts and addresses, in one PEM file.

        The loopback is always among them; what the authority may not name is left out.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        wanted = dict.fromkeys(name for name in (*names, *LOOPBACK) if self.covers(name))
        certificate = (
            _build(_common_name(f"Tandem on {next(iter(wanted))}"), key, now)
            .issuer_name(self.certificate.subject)
            .not_valid_after(min(now + CERTIFICATE_VALID_FOR, self.certificate.not_valid_after_utc))
            .add_extension(x509.SubjectAlternativeName(list(map(_general, wanted))), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        return to_pem(key, certificate)


def create_authority(host_names: Iterable[str], now: datetime) -> Authority:
    """A new authority for the local network.

    :param host_names: of this machine; certificates may name them, too.
    """
    names = tuple(host_names)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _common_name(f"Tandem on {names[0] if names else 'this network'}")
    domains = dict.fromkeys((*DOMAINS, *names))
    permitted = [
        *map(x509.DNSName, domains),
        *(x509.IPAddress(ip_network(network)) for network in NETWORKS),
    ]
    certificate = (
        _build(subject, key, now)
        .issuer_name(subject)
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def to_pem(key: Key, certificate: x509.Certificate) -> bytes:
    """A key and its certificate in one file, so that neither is ever without the other."""
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, pkcs8, plain) + certificate.public_bytes(
        serialization.Encoding.PEM
    )


def _build(subject: x509.Name, key: Key, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLOW_CLOCK)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _common_name(text: str) -> x509.Name:
    """A name that is no host's, so that nobody compares it with one."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:MAX_COMMON_NAME])])


def _usage(**given: bool) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**(dict.fromkeys(names, False) | given))


def _general(name: str) -> x509.GeneralName:
    address = _parse_address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _parse_address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
