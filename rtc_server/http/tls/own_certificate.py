"""The server's own authority and certificate in a folder: made, read, and renewed in time."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from rtc_server.errors import BadConfig
from rtc_server.http.tls.authority import LOOPBACK, Authority, create_authority, to_pem
from rtc_server.private_files import FOLDER_MODE, write_private_file

logger = logging.getLogger(__name__)

RENEW_BEFORE = timedelta(days=30)
WARN_BEFORE = timedelta(days=60)
START_AGAIN = (
    "Put it back from a backup, or move it away: the server then makes a new authority, and "
    "devices that had installed the old one need the new /ca.crt."
)


class OwnCertificate:
    """A certificate for this machine's addresses and names, of an authority of its own."""

    def __init__(self, folder: Path, host_names: Collection[str], now: datetime) -> None:
        """Read the authority, or make it if there is none.

        :param folder: `authority.pem` and `server.pem`, each a key and its certificate.
        :param host_names: of this machine, which a new authority may name besides local ones.
        :raises BadConfig: the folder cannot be used, or the authority in it cannot.
        """
        self.file = folder / "server.pem"
        self._authority_file = folder / "authority.pem"
        try:
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            if stat.S_IMODE(folder.stat().st_mode) != FOLDER_MODE:
                folder.chmod(FOLDER_MODE)
            if not self._authority_file.exists():
                made = create_authority(host_names, now)
                write_private_file(
                    self._authority_file, to_pem(made.key, made.certificate), replace=False
                )
        except OSError as error:
            raise BadConfig(
                f"{folder}: expected a folder for the server's own certificate that can be written "
                f"to: {error.strerror}; TANDEM_TLS_FOLDER names another"
            ) from error
        self.authority = _load_authority(self._authority_file)
        end = self.authority.certificate.not_valid_after_utc
        if end - now < WARN_BEFORE:
            said = (f"{end:%Y-%m-%d}", self._authority_file, START_AGAIN)
            logger.warning("the certificate authority ends on %s: %s. %s", *said)

    def renew(self, names: Collection[str], now: datetime) -> bool:
        """Make a new certificate if the old one ends soon or lacks a name; whether it did.

        :param names: hosts and addresses; those that the authority may not name are left out.
        :raises BadConfig: the certificate cannot be written, or the authority is not valid now.
        """
        _check_validity(self._authority_file, self.authority.certificate, now)
        covered = {name for name in (*names, *LOOPBACK) if self.authority.covers(name)}
        if self._is_good(covered, now):
            return False
        try:
            write_private_file(self.file, self.authority.issue(names, now))
        except OSError as error:
            raise BadConfig(
                f"{self.file}: expected a file that can be written: {error.strerror}"
            ) from error
        return True

    def _is_good(self, names: set[str], now: datetime) -> bool:
        try:
            data = self.file.read_bytes()
            certificate = x509.load_pem_x509_certificate(data)
            key = load_pem_private_key(data, None)
            certificate.verify_directly_issued_by(self.authority.certificate)
        except (OSError, ValueError, TypeError, InvalidSignature):
            return False  # nothing is lost with it: devices trust the authority
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        known = {str(one.value) for one in found}
        end = certificate.not_valid_after_utc
        is_last = end == self.authority.certificate.not_valid_after_utc  # none can be longer
        return (
            _have_same_key(certificate, key)
            and names <= known
            and certificate.not_valid_before_utc <= now < (end if is_last else end - RENEW_BEFORE)
        )


def _load_authority(path: Path) -> Authority:
    """
    :raises BadConfig: it cannot be read, or is no authority of ours.
    """
    try:
        _hide(path)
        data = path.read_bytes()
    except OSError as error:
        raise BadConfig(
            f"{path}: expected the server's certificate authority, which this user can read: "
            f"{error.strerror}. Devices trust it, so no other is made in its place."
        ) from error
    try:
        certificate = x509.load_pem_x509_certificate(data)
        key = load_pem_private_key(data, None)
        certificate.extensions.get_extension_for_class(x509.NameConstraints)
    except (ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise BadConfig(
            f"{path}: expected a key and the certificate of the authority that this server made, "
            f"got something else. {START_AGAIN}"
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not _have_same_key(certificate, key):
        raise BadConfig(
            f"{path}: expected the key of the certificate in it, got another. {START_AGAIN}"
        )
    return Authority(certificate, key)


def _check_validity(path: Path, certificate: x509.Certificate, now: datetime) -> None:
    """
    :raises BadConfig: an authority is not valid now.
    """
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begin <= now < end:
        raise BadConfig(
            f"{path}: expected an authority that is valid now ({now:%Y-%m-%d}), got one from "
            f"{begin:%Y-%m-%d} to {end:%Y-%m-%d}. Is this machine's clock right? {START_AGAIN}"
        )


def _have_same_key(certificate: x509.Certificate, key: object) -> bool:
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return False
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return certificate.public_key().public_bytes(*form) == key.public_key().public_bytes(*form)


def _hide(path: Path) -> None:
    """Take the rights of others on a key away, and say so: somebody may have read it."""
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)
        logger.warning("other users could read the key in %s; they cannot any more", path)
