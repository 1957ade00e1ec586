"""Why a server gave no answer, and what to do next."""

from __future__ import annotations

import aiohttp


def describe_failure(url: str, error: Exception) -> str:
    """One sentence for a request to `url` that got no answer."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return (
            f"{url}: expected a certificate of an authority that this machine knows. If it is a "
            f"Tandem server with one of its own (serve --lan): download http://{error.host}:"
            f"{error.port}/ca.crt and run the same command with SSL_CERT_FILE=ca.crt before it"
        )
    return f"{url}: expected an answer, got none: {str(error) or type(error).__name__}"
