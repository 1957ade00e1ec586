"""Asks every route of the application as somebody, without a connection."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from rtc_server.app import create_app
from rtc_server.config import Config
from rtc_server.http.app_keys import HISTORY, INVITATIONS, LESSONS, METRICS, SESSIONS, UPLOADS
from rtc_server.invitations.checker import InvitationChecker
from rtc_server.invitations.issue import InvitationWish, sign_invitation
from rtc_server.invitations.signer import InvitationSigner

SECRET = "a secret of the tests that is long enough"
OPERATOR_TOKEN = "an-entirely-secret-word"
HOST = "127.0.0.1:8080"
HANDLED = (0, "handled", "")
SERVICES: dict[str, Any] = {
    **{"history": HISTORY, "lessons": LESSONS},
    **{"sessions": SESSIONS, "uploads": UPLOADS},
}
OWN_PAGE = {"Origin": f"http://{HOST}"}


class Untouched:
    """A service of a server that has started, of which nothing may be asked."""

    def __init__(self, name: str, touched: list[str]) -> None:
        self._name, self._touched = name, touched

    def __getattr__(self, what: str) -> Any:
        self._touched.append(f"{self._name}.{what}")
        raise RuntimeError(f"{self._name}.{what} was asked")


class Visitor:
    """Sends requests to the application; `touched` is what handlers asked its services for."""

    def __init__(self, folder: Path, token: str = OPERATOR_TOKEN, secret: str = SECRET) -> None:
        self.config = Config(
            access="invite", invitations=folder, secret=secret, token=token, history=""
        )
        self.app = create_app(self.config)
        self.app[INVITATIONS] = InvitationChecker(self.config)
        self.touched: list[str] = []
        for name, key in SERVICES.items():
            self.app[key] = Untouched(name, self.touched)
        self.app.freeze()

    def token(self, secret: str = SECRET, ago_s: float = 0, **wish: Any) -> str:
        made_s = time.time() - ago_s
        store = self.app[INVITATIONS]._store
        return sign_invitation(InvitationSigner(secret), store, InvitationWish(**wish), made_s)[0]

    async def ask(self, method: str, path: str, **headers: str) -> tuple[int, str, str]:
        """The status, code and sentence; code "handled" where a handler would have answered."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = make_mocked_request(method, path, {"Host": HOST, **named}, app=self.app)
        response = await self.app._handle(request)
        if not isinstance(response, web.Response) or response.status < 400:
            return HANDLED
        body = json.loads(response.text or "{}")
        if body["code"] == "internal":  # it asked one of the services of a server that has started
            return HANDLED
        return response.status, body.get("code", ""), body.get("detail", "")

    def refusals(self) -> float:
        family = self.app[METRICS].requests_refused
        return sum(s.value for m in family.collect() for s in m.samples if s.name.endswith("total"))


def all_routes(app: web.Application) -> list[tuple[str, str]]:
    return sorted(
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None
    )


def path_of(canonical: str) -> str:
    return re.sub(r"\{[a-z]+\}", "demo", canonical)
