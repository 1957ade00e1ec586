"""Whether a client takes gzip is said by its weights, not by the word."""

import pytest

from rtc_server.http.page.encodings import accepts_gzip


@pytest.mark.parametrize(
    "header",
    [
        *("gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8, *;q=0.1", "GZIP"),
        *("deflate,gzip ; q=0.001", "*", "identity;q=0.5, *;q=0.1"),
    ],
)
def test_gzip_is_allowed(header: str) -> None:
    assert accepts_gzip(header)


@pytest.mark.parametrize(
    "header",
    [
        *("", "identity", "br", "gzip;q=0", "gzip;q=0.000, *", "*;q=0", "xgzip", "gzip-not"),
        *("gzip;q=", "gzip;q=x", "gzip;level=1", "gzip;q=nan", ";,;q=1,="),
    ],
)
def test_gzip_is_not_allowed(header: str) -> None:
    assert not accepts_gzip(header)
