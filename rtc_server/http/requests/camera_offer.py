"""Parses the body of `POST /api/cameras`: a phone's offer and what lets it in. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rtc_server.errors import BadMessage
from rtc_server.http.requests.fields import JsonBody, constant, or_null, text

PAIRING = text(
    "The code that the screen shows (spaces do not count), or the secret of its link.",
    example="48217730",
)
CAMERA = replace(
    PAIRING,
    description="The `id` of a phone that was the camera before, and comes back.",
    example="6f1c0a3be2d94d7c8a53f0be91c2d4e7",
)
CAMERA_OFFER = JsonBody(
    "a JSON object with sdp, type and pairing",
    {
        "sdp": text(
            "An SDP offer with a video line that sends and the channel `control`.",
            example="v=0\r\n…",
        ),
        "type": constant("What the SDP is.", "offer"),
        "pairing": or_null(PAIRING, "Either this or `camera` is there."),
        "camera": or_null(CAMERA),
    },
)


@dataclass(frozen=True, slots=True)
class PhoneOffer:
    """Exactly one of `pairing` and `camera` is there."""

    sdp: str
    pairing: str | None = None
    camera: str | None = None


def parse_camera_offer(body: str) -> PhoneOffer:
    """
    :raises BadMessage: not JSON, a field is missing or wrong, or not exactly one lets it in.
    """
    fields = CAMERA_OFFER.parse(body)
    del fields["type"]
    offer = PhoneOffer(**fields)
    if (offer.pairing is None) == (offer.camera is None):
        raise BadMessage("expected either pairing or camera, got both or none")
    return offer
