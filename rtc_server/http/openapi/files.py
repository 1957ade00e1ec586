"""What operations that send a file have in common: conditions and parts (RFC 9110, 13, 14)."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server.http.openapi.operation import SuccessResponse
from rtc_server.http.requests.fields import Schema, optional, text

CONDITIONS = {
    "Range": optional(text("Which bytes to send (RFC 9110, 14).", example="bytes=0-1023")),
    "If-None-Match": optional(text("The ETag of what the client has.", example='"18a2-5d1c"')),
}


def file_responses(description: str, content: Mapping[str, Schema]) -> dict[int, SuccessResponse]:
    """The responses of a file: as a whole, in part, or only that it has or has not changed."""
    return {
        200: SuccessResponse(description=description, content=content),
        206: SuccessResponse(description="The requested part.", content=content),
        304: SuccessResponse(description="It has not changed since the request's conditions."),
        412: SuccessResponse(description="It has changed since the request's conditions."),
        416: SuccessResponse(description="It has no such part."),
    }
