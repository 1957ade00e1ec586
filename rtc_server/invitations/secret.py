"""The secret that signs invitations: a file that only the server's user reads, or a setting."""

from __future__ import annotations

import secrets
from pathlib import Path

from rtc_server.config import MIN_SECRET_LENGTH, Config
from rtc_server.errors import BadConfig
from rtc_server.private_files import write_private_file

FILE_NAME = "secret"
SECRET_BYTES = 32


def load_secret(config: Config, *, make: bool = True) -> str:
    """The secret: that of the configuration, else of the file.

    :param make: whether the file is made if it is missing. A server that runs has one already: a
        new one would end every session.
    :raises BadConfig: the file cannot be read or made, or is damaged.
    """
    if config.secret:
        return config.secret
    path = secret_path(config)
    try:
        if make and not path.exists():
            _create(path, replace=False)
        secret = path.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        raise BadConfig(
            f"{path}: the secret of invitations cannot be read ({error}); --invitations names "
            "another folder, and TANDEM_SECRET another secret"
        ) from None
    if len(secret) < MIN_SECRET_LENGTH:
        raise BadConfig(
            f"{path}: expected a secret of at least {MIN_SECRET_LENGTH} characters, "
            f"got {len(secret)}; `run.py invite --new-secret` makes a new one"
        )
    return secret


def replace_secret(config: Config) -> None:
    """Make a new secret, which revokes every invitation.

    :raises BadConfig: the secret is a setting, or the file cannot be written.
    """
    if config.secret:
        raise BadConfig(
            "the secret of invitations is a setting (TANDEM_SECRET): set another one, and start "
            "the server again"
        )
    try:
        _create(secret_path(config), replace=True)
    except OSError as error:
        raise BadConfig(f"{secret_path(config)}: {error.strerror}") from None


def secret_path(config: Config) -> Path:
    """Where the secret is kept, unless it is a setting."""
    return config.invitations / FILE_NAME


def _create(path: Path, *, replace: bool) -> None:
    write_private_file(path, f"{secrets.token_urlsafe(SECRET_BYTES)}\n".encode(), replace=replace)
