"""The operator's TLS certificate, read again when its files change."""

from __future__ import annotations

import asyncio
import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from rtc_server.errors import BadConfig

logger = logging.getLogger(__name__)

CHECK_S = 10.0  # between two looks at the files
WARN_BEFORE = timedelta(days=7)
Stamp = tuple[tuple[int, int], ...]


class Certificate:
    """A certificate with its key, for all connections that begin from now on."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """
        :raises BadConfig: a file cannot be read, the key is another certificate's or has a
            password, or the certificate is not valid now.
        """
        self._files = (certificate, key)
        self._stamp = self._read_stamp()
        self.context = _new_context()
        self._load()

    def _load(self) -> None:
        certificate, key = self._files
        _check_validity(certificate)
        _load_chain(_new_context(), certificate, key)  # if this fails, the old one stays
        _load_chain(self.context, certificate, key)

    def _read_stamp(self) -> Stamp:
        """
        :raises BadConfig: a file is not there.
        """
        try:
            stats = [file.stat() for file in self._files]
        except OSError as error:
            raise BadConfig(
                f"{error.filename}: expected a file that can be read: {error.strerror}"
            ) from None
        return tuple((stat.st_mtime_ns, stat.st_size) for stat in stats)

    def refresh(self) -> bool:
        """Read the files again if they have changed; whether there is a new certificate.

        :raises BadConfig: they do not fit; the old certificate stays in use.
        """
        stamp = self._read_stamp()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        self._load()
        return True

    async def keep_fresh(self) -> None:
        """Look at the files every CHECK_S, until cancelled; what is wrong with them is logged."""
        while True:
            await asyncio.sleep(CHECK_S)
            try:
                if await asyncio.to_thread(self.refresh):
                    logger.info("the TLS certificate was read again: %s", self._files[0])
            except BadConfig as error:
                logger.warning("the old TLS certificate stays in use: %s", error)


def _new_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _check_validity(path: Path) -> None:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise BadConfig(f"{path}: expected a file that can be read: {error.strerror}") from error
    except ValueError as error:
        raise BadConfig(f"{path}: expected a certificate in PEM (BEGIN CERTIFICATE)") from error
    now = datetime.now(UTC)
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begin <= now < end:
        raise BadConfig(
            f"{path}: expected a certificate that is valid now, got one from {begin:%Y-%m-%d} "
            f"to {end:%Y-%m-%d}"
        )
    if end - now < WARN_BEFORE:
        logger.warning("the TLS certificate ends on %s: %s", f"{end:%Y-%m-%d %H:%M} UTC", path)


def _load_chain(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    def refuse_password() -> str:  # else OpenSSL asks in the terminal, and waits
        raise BadConfig(f"{key}: expected a key without a password")

    try:
        context.load_cert_chain(certificate, key, password=refuse_password)
    except ssl.SSLError as error:
        if error.reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"):
            raise BadConfig(f"{key}: expected the key of {certificate}, got another one") from error
        raise BadConfig(f"{key}: expected a private key in PEM, got: {error.reason}") from error
    except OSError as error:
        raise BadConfig(f"{key}: expected a file that can be read: {error.strerror}") from error
