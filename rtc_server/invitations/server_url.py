"""Under which address the invited reach the server: it says so, and `run.py invite` reads it."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import urlsplit

from rtc_server.config import Config
from rtc_server.lessons.temp_files import atomic_write

logger = logging.getLogger(__name__)

FILE_NAME = "url"
DEFAULT_URL = "http://127.0.0.1:8080"
MAX_LENGTH = 300


def choose_public_url(config: Config, announced: str) -> str:
    """The address for others: a public name, if there is one, else what the server announces.

    A server without TLS that has a public name stands behind a proxy, on the usual port of HTTPS.
    """
    if not config.public_hosts:
        return announced
    port = urlsplit(announced).port if config.tls_cert or config.has_own_certificate else None
    return f"https://{config.public_hosts[0]}" + (f":{port}" if port not in (None, 443) else "")


def save_url(config: Config, announced: str) -> None:
    """Keep the address of a server that is ready; where that fails, `--url` helps."""
    try:
        config.invitations.mkdir(mode=0o700, parents=True, exist_ok=True)
        with atomic_write(config.invitations / FILE_NAME) as file:
            file.write_text(choose_public_url(config, announced), "ascii", "xmlcharrefreplace")
    except OSError as error:
        logger.warning("run.py invite does not learn this server's address: %s", error)


def find_url(config: Config) -> str:
    """The address of the server that was started last, else of the configuration."""
    try:
        saved = Path(config.invitations / FILE_NAME).read_text("ascii").strip()
    except (OSError, ValueError):
        saved = ""
    return saved[:MAX_LENGTH] or choose_public_url(config, DEFAULT_URL)
