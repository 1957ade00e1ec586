"""The operations of phones that are the camera of a session."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server import errors
from rtc_server.http.openapi.files import CONDITIONS, file_responses
from rtc_server.http.openapi.json_schema import nullable, record, ref, value
from rtc_server.http.openapi.lessons import BODY_ERRORS, JSON
from rtc_server.http.openapi.operation import BINARY, Operation, SuccessResponse
from rtc_server.http.requests.camera_offer import CAMERA_OFFER
from rtc_server.http.requests.parameters import SESSION_ID
from rtc_server.protocol.camera_messages import PHONE_STATES
from rtc_server.session.cameras import errors as cameras
from rtc_server.webrtc.udp.port_range import NoFreePort

TAG = "Phones"
EXAMPLE_CODE = "48217730"
PAIRING = record(
    "What lets one phone become the camera.",
    {
        "code": value("string", "Eight digits, to type.", EXAMPLE_CODE),
        "url": value(
            "string", "The link to open on the phone.", "https://tandem.example/camera#pair=…"
        ),
        "expires_s": value("number", "For how many seconds both serve, once.", 120),
        "qr_svg": value("string", "The link as a QR code, an SVG element.", "<svg …"),
    },
)
CAMERA = record(
    "Which camera is looked at.",
    {
        "source": value("string", "", "own", enum=["own", "phone", "none"]),
        "phone": value("string", "How the phone is.", "none", enum=list(PHONE_STATES)),
        "frames_per_s": nullable(
            value("number", "Frames a second of the phone; null if not known.", 14.9)
        ),
        "clock_error_ms": value(
            "number", "By how much the two devices' clocks may be off at most.", 4.1
        ),
    },
)

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/camera"): Operation(
        id="getCameraPage",
        tag=TAG,
        summary="The page of a phone that is the camera",
        headers=CONDITIONS,
        responses=file_responses("The page.", {"text/html": BINARY}),
    ),
    ("POST", "/api/sessions/{id}/pairings"): Operation(
        id="openPairing",
        tag=TAG,
        summary="Make a code with which a phone becomes the camera of a session",
        path={"id": SESSION_ID},
        responses={
            201: SuccessResponse(
                description="The code, which is in no other answer.",
                content={JSON: ref("Pairing")},
            )
        },
        errors=(errors.UnknownSession,),
    ),
    ("POST", "/api/cameras"): Operation(
        id="addCamera",
        tag=TAG,
        summary="Become the camera of a session, with an SDP offer",
        description=(
            "The phone opens the DataChannel `control` before it makes the offer. What is said "
            "there is described in docs/protocol.md."
        ),
        bodies={JSON: CAMERA_OFFER},
        responses={
            201: SuccessResponse(
                description="The SDP answer; with the `id` the phone may come back.",
                content={JSON: ref("SessionAnswer")},
            )
        },
        errors=(
            *(errors.BadMessage, errors.BadOffer, errors.UnfitOffer, errors.UnknownSession),
            *(cameras.UnknownPairing, cameras.CameraReplaced, cameras.NoPairing),
            *(cameras.PairingUsed, cameras.PairingExpired, cameras.TooManyMisses),
            *(errors.TooManyOffers, errors.ServerFull, NoFreePort),
        ),
        http_errors=BODY_ERRORS,
    ),
}
