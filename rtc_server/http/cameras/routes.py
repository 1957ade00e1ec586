"""HTTP routes of phones: the pairing that a screen asks for, and the phone's offer."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from rtc_server import audit
from rtc_server.errors import TandemError, UnknownSession
from rtc_server.http import audit_log
from rtc_server.http.access import find_learner_address, find_session_owner
from rtc_server.http.app_keys import METRICS, PAIRINGS, PUBLIC_ADDRESSES, SESSIONS
from rtc_server.http.cameras.links import PATH, make_camera_link
from rtc_server.http.client_address import counted_address
from rtc_server.http.connections.small_body import read_text
from rtc_server.http.requests.camera_offer import PhoneOffer, parse_camera_offer
from rtc_server.http.static_files import ASK_FIRST, WEB
from rtc_server.qr_codes import draw_svg
from rtc_server.session.cameras.pairings import PAIRING_S, Pairing, PairingStore
from rtc_server.session.cameras.session_cameras import CameraOffer

NOT_STORED = {"Cache-Control": "no-store"}

routes = web.RouteTableDef()


@routes.get(PATH)
async def get_camera_page(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(WEB / "camera.html", headers=ASK_FIRST)


@routes.post("/api/sessions/{id}/pairings")
async def open_pairing(request: web.Request) -> web.Response:
    """Make a code with which a phone becomes the camera of that session."""
    session = request.app[SESSIONS].find(request.match_info["id"], find_session_owner(request))
    pairing = request.app[PAIRINGS].open(session.id)
    request.app[METRICS].pairings.labels(how="opened").inc()
    link = make_camera_link(request, pairing.secret)
    body = {
        "code": pairing.code,
        "url": link,
        "expires_s": PAIRING_S,
        "qr_svg": draw_svg(link),
    }
    return web.json_response(body, status=201, headers=NOT_STORED)


@routes.post("/api/cameras")
async def add_camera(request: web.Request) -> web.Response:
    """Answer a phone's offer."""
    offer = parse_camera_offer(await read_text(request))
    address = await find_learner_address(request)
    pairings = request.app[PAIRINGS]
    with _counting(request), _let_in(pairings, offer, counted_address(request)) as session_id:
        camera = offer.camera or secrets.token_hex(16)
        order = CameraOffer(camera, offer.sdp, address, is_back=offer.camera is not None)
        try:
            answer = await request.app[SESSIONS].find(session_id).add_camera(order)
        except UnknownSession:
            raise UnknownSession("the session of that code has ended") from None
    pairings.remember_camera(camera, session_id)
    audit_log.record(request, "camera", session=audit.tag_id(session_id))
    answer = request.app[PUBLIC_ADDRESSES].add_to(answer)
    body = {"id": camera, "sdp": answer, "type": "answer"}
    return web.json_response(body, status=201, headers=NOT_STORED)


@contextmanager
def _let_in(pairings: PairingStore, offer: PhoneOffer, address: str) -> Iterator[str]:
    """The session that an offer is for; a pairing serves again where the offer is refused."""
    if offer.camera is not None:
        yield pairings.find_session(offer.camera)
        return
    pairing: Pairing = pairings.take(offer.pairing or "", address)
    try:
        yield pairing.session
    except BaseException:
        pairing.is_used = False
        raise


@contextmanager
def _counting(request: web.Request) -> Iterator[None]:
    counter = request.app[METRICS].pairings
    try:
        yield
    except TandemError as error:
        counter.labels(how=error.code).inc()
        raise
    counter.labels(how="used").inc()
