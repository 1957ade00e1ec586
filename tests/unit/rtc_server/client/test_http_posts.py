"""What a headless learner says of a server that gave no answer."""

from __future__ import annotations

import ssl
from types import SimpleNamespace
from typing import Any

import aiohttp

from rtc_server.client.http_posts import describe_failure


def test_an_unknown_authority_says_how_to_trust_it() -> None:
    key: Any = SimpleNamespace(host="10.0.0.20", port=8443, ssl=True, is_ssl=True)
    error = aiohttp.ClientConnectorCertificateError(key, ssl.SSLCertVerificationError("no"))
    said = describe_failure("https://10.0.0.20:8443/api/sessions", error)
    assert "download http://10.0.0.20:8443/ca.crt" in said
    assert "SSL_CERT_FILE=ca.crt" in said


def test_an_error_without_words_has_its_name() -> None:
    assert describe_failure("http://a", TimeoutError()).endswith("got none: TimeoutError")
    assert describe_failure("http://a", aiohttp.ClientError("no")).endswith("got none: no")
