"""The operations for devices of the local network: the page with the QR code, the certificate."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server.errors import BadMessage, LanOff, NoAuthority
from rtc_server.http.lan.routes import QUERY
from rtc_server.http.openapi.operation import BINARY, Operation, SuccessResponse

TAG = "Local network"

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/lan"): Operation(
        id="getLanPage",
        tag=TAG,
        summary="A page with a QR code for phones in the same network",
        description=(
            "With what to do about the browser's warning. Also answered over plain HTTP, before a "
            "device trusts the server. With the operator's token the link may carry a secret."
        ),
        query=QUERY,
        responses={200: SuccessResponse(description="A page.", content={"text/html": BINARY})},
        errors=(BadMessage, LanOff),
    ),
    ("GET", "/ca.crt"): Operation(
        id="getAuthority",
        tag=TAG,
        summary="The certificate of the server's own authority",
        description="In PEM, for devices to install. Also answered over plain HTTP.",
        responses={
            200: SuccessResponse(
                description="The certificate.",
                content={"application/x-x509-ca-cert": {"type": "string"}},
            )
        },
        errors=(NoAuthority,),
    ),
}
