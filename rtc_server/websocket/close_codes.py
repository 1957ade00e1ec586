"""How a WebSocket is closed: with which code, and with which sentence. Pure.

Codes: RFC 6455, 7.4.1, and 4000 on for what it has no code for (7.4.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rtc_server.protocol.server_messages import EndReason

MAX_REASON_BYTES = 123  # RFC 6455, 5.5
CLEAN, GOING_AWAY, PROTOCOL_ERROR, UNSUPPORTED = 1000, 1001, 1002, 1003
BAD_DATA, POLICY, TOO_BIG, FAILED, TRY_LATER = 1007, 1008, 1009, 1011, 1013
VANISHED, REPLACED = 4000, 4001


@dataclass(frozen=True, slots=True)
class Closing:
    """What the last frame of a WebSocket says."""

    code: int
    sentence: str

    def payload_text(self) -> bytes:
        """The sentence, as long as it may be."""
        encoded = self.sentence.encode()
        return encoded[:MAX_REASON_BYTES].decode(errors="ignore").encode()


CLOSINGS: Mapping[EndReason, Closing] = MappingProxyType(
    {
        "finished": Closing(CLEAN, "finished"),
        "stopped": Closing(CLEAN, "stopped"),
        "left": Closing(CLEAN, "left"),
        "closed": Closing(CLEAN, "closed"),
        "class ended": Closing(CLEAN, "the class has ended"),
        "refused": Closing(POLICY, "the class's teacher did not let you in"),
        "revoked": Closing(POLICY, "the invitation was revoked"),
        "server stopping": Closing(GOING_AWAY, "the server is stopping; try again in a moment"),
        "failed": Closing(FAILED, "the server failed; please retry"),
        "never connected": Closing(POLICY, "expected a message soon after the handshake, got none"),
        "flooding": Closing(POLICY, "expected fewer messages and pictures, got too many"),
        "misuse": Closing(POLICY, "expected what docs/protocol.md says, got something else"),
        "lost": Closing(VANISHED, "messages could not be delivered in time"),
        "vanished": Closing(VANISHED, "no message and no picture came"),
        "replaced": Closing(REPLACED, "another connection continues this session"),
    }
)


class Violation(Exception):
    """What a client sent that ends its connection."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.closing = Closing(code, sentence)
