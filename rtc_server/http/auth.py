"""Who may change lessons and read results over HTTP: decided by configuration, token and origin.

The headers of a request can take the right to act without a token away, but never give it: they are
the same through a proxy that adds none. Who sent it is for the kernel to say (`peer_process`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rtc_server.config import Config
from rtc_server.errors import HistoryClosed, TandemError, TokenNeeded, UploadsOff
from rtc_server.http.authorization.credentials import (
    is_operator_token,
    is_same_host,
    read_bearer,
)
from rtc_server.http.authorization.identity import Identity, require_role
from rtc_server.http.forwarded import is_trusted
from rtc_server.http.host_names import is_loopback_name, parse_host
from rtc_server.invitations.errors import RoleNeeded

# A proxy names its client in these (RFC 7239), and that client is not on this machine.
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
WITH_TOKEN = (
    "open the link with a token that the server printed when it started, or start it with "
    "TANDEM_TOKEN=… and enter that token"
)


class LocalCheckBusy(TandemError):
    """Too many ask without a token, so that the kernel is not asked now who sent a request."""

    code = "local_check_busy"
    retry_after_s = 1


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: its headers, and whether a program of the server's user here did.

    None: one may have, but the kernel is asked too often already.
    """

    headers: Mapping[str, str]
    is_local: bool | None
    identity: Identity | None = None  # known where the server asks for invitations


def may_be_local(config: Config, headers: Mapping[str, str], peer: str) -> bool:
    """Whether nothing in a request says that it comes from another machine.

    :param peer: address at the other end of the connection.
    """
    return (
        is_loopback_name(peer)
        and not is_trusted(peer, config.trusted_proxies)
        and not any(name in headers for name in PROXY_HEADERS)
        and is_loopback_name(parse_host(headers.get("Host", "")) or "")
    )


def knows_token(config: Config, headers: Mapping[str, str]) -> bool:
    """Whether a request carries the server's token.

    :raises TokenNeeded: it carries another one.
    """
    given = read_bearer(headers)
    if given is None:
        return False
    if is_operator_token(config, given):
        return True
    raise TokenNeeded(
        "expected the server's token, got another one; ask the operator of the server"
    )


def require_known(config: Config, caller: Caller, check: Callable[[Config, Caller], None]) -> None:
    """Check what a caller may do.

    :param check: one of the functions below.
    :raises LocalCheckBusy: the kernel was not asked, and its answer could change the refusal.
    :raises TandemError: what `check` raises.
    """
    try:
        check(config, caller)
    except TandemError:
        if caller.is_local is None:
            check(config, replace(caller, is_local=True))
            raise local_check_busy() from None
        raise


def local_check_busy() -> LocalCheckBusy:
    """The refusal of a request that may be this machine's while nobody can tell."""
    return LocalCheckBusy(
        "too many requests without a token ask whether they are of this machine: try again in a "
        "second, or send a token: Authorization: Bearer …"
    )


def require_uploads_allowed(config: Config, caller: Caller) -> None:
    """Check that a request may change lessons.

    :raises UploadsOff: nobody may, or the request comes from a page of another origin.
    :raises TokenNeeded: the request does not carry the server's token.
    """
    if not config.uploads:
        raise UploadsOff("uploads are switched off on this server (uploads = false)")
    reached = (
        "this request came through a proxy, under another name or from another user"
        if config.on_loopback
        else "other machines can reach this server"
    )
    _require_local_or_token(
        *(config, caller, UploadsOff),
        f"{reached}, so the server takes lessons only with a token: {WITH_TOKEN}",
    )


def require_history_open(config: Config, caller: Caller) -> None:
    """Check that a request may read and delete results by name; nobody logs in.

    :raises HistoryClosed: nobody may, or the request comes from a page of another origin.
    :raises TokenNeeded: the request does not carry the server's token.
    """
    if config.history_access == "open":
        return
    if config.history_access == "closed":
        raise HistoryClosed(
            "results are closed on this server, because everybody who reaches it could read them; "
            "its operator can open them with --history-access open, or use `run.py history`"
        )
    if caller.identity is not None:
        return  # a teacher all, a learner their own: see `find_owner`
    _require_local_or_token(
        *(config, caller, HistoryClosed),
        "results are closed here, because everybody who reaches this server could read them: "
        f"{WITH_TOKEN}; --history-access open opens them to everybody",
    )


def find_owner(config: Config, caller: Caller) -> str | None:
    """Whose results alone a request may read; None: all."""
    is_open = config.history_access == "open"
    return None if is_open or caller.identity is None else caller.identity.owner


def require_metrics_allowed(config: Config, caller: Caller) -> None:
    """Check that a request may read the server's metrics.

    :raises TokenNeeded: it is neither local nor carries the server's token.
    """
    if not caller.is_local and not knows_token(config, caller.headers):
        raise TokenNeeded(
            "expected a request of this machine and user, or the server's token: "
            "Authorization: Bearer …, got neither"
        )


def require_operator(config: Config, caller: Caller) -> None:
    """Check that a request is the operator's.

    :raises TokenNeeded: it is neither of this machine's user nor carries the server's token.
    """
    if caller.is_local and not config.token:
        require_own_page(caller.headers, TokenNeeded)
    elif not knows_token(config, caller.headers):
        raise TokenNeeded(
            "expected the operator: a program of the server's user on its machine, or the server's "
            "token: Authorization: Bearer …, got neither"
        )


def is_history_open(config: Config, caller: Caller) -> bool:
    """Whether the sender of a request may read and delete results by name."""
    try:
        require_history_open(config, caller)
    except (HistoryClosed, TokenNeeded):
        return False
    return True


def describe_access(config: Config, caller: Caller) -> str:
    """The field `access` of `GET /api/config`: what lets the sender in, besides open doors."""
    if _is_invited(caller):
        return "invitation"
    if _has_operators_cookie(caller):
        return "token"
    try:
        if knows_token(config, caller.headers):
            return "token"
    except TokenNeeded:
        pass
    is_local = caller.is_local or caller.identity is not None  # without a token, an operator is
    return "local" if is_local and not config.token else "none"


def describe_uploads(config: Config, caller: Caller) -> dict[str, object]:
    """The field `uploads` of `GET /api/config`."""
    closed = why_uploads_closed(config, caller)
    return {
        "allowed": closed is None,
        "why_not": closed,
        "why_code": None if closed is None else "no_token" if config.uploads else "off",
        "needs_token": bool(config.token)
        and not (_is_invited(caller) or _has_operators_cookie(caller)),
        "max_mb": config.upload_max_mb,
        "max_s": config.upload_max_s,
    }


def why_uploads_closed(config: Config, caller: Caller) -> str | None:
    """Why such a request changes no lessons; None where it does, at least with the right token."""
    try:
        require_uploads_allowed(config, caller)
    except (RoleNeeded, UploadsOff) as error:
        return str(error)
    except TokenNeeded as error:
        return None if config.token else str(error)
    return None


def _has_operators_cookie(caller: Caller) -> bool:
    return caller.identity is not None and caller.identity.until_s is not None


def _is_invited(caller: Caller) -> bool:
    return caller.identity is not None and caller.identity.invitation is not None


def _require_local_or_token(
    config: Config, caller: Caller, refusal: type[TandemError], sentence: str
) -> None:
    """
    :raises TokenNeeded: the request carries a wrong token, or none where the operator set one.
    :raises TandemError: a `refusal` with that sentence.
    """
    if caller.identity is not None:
        require_role(caller.identity, "teacher")
    elif caller.is_local and not config.token:
        # No token is looked at: a page may still send the one of the server's start before.
        require_own_page(caller.headers, refusal)
    elif not knows_token(config, caller.headers):
        if not config.token:
            raise refusal(sentence)
        raise TokenNeeded("expected the server's token: Authorization: Bearer …, got none")


def require_own_page(headers: Mapping[str, str], refusal: type[TandemError]) -> None:
    """Browsers say which page sends a request; programs that are no browser leave this out.

    :raises TandemError: a `refusal`; a page of another origin sent it.
    """
    site = headers.get("Sec-Fetch-Site", "none")
    origin, host = headers.get("Origin"), headers.get("Host", "")
    if site not in ("same-origin", "none") or (origin and not is_same_host(origin, host)):
        raise refusal(
            "expected a request from this server's own page, "
            f"got one from {(origin or 'another site')[:60]}"
        )
