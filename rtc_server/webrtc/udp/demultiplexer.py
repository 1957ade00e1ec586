"""Decides which session a datagram is for, on a port that all sessions share. Pure.

A connectivity check names its receiver: USERNAME begins with the receiver's user name fragment
(RFC 8445, 7.2.2). The answer to a check has the check's transaction id. Everything else, DTLS and
RTP, is known by the address that it comes from, once a check has come from there.

Anybody can write another's address on a datagram. So an authenticated check takes an address only
while nobody has it. Another session's address goes to whoever answers a check that was sent there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Generic, TypeVar

Address = tuple[str, int]
Recipient = TypeVar("Recipient")

MAX_STUN_BYTE = 3  # of the first byte of a datagram; DTLS and RTP have larger ones (RFC 7983)
STUN_HEADER = 20  # bytes
REQUEST, CLASS_BITS = 0x000, 0x110
USERNAME = 0x0006
MAX_ATTRIBUTES = 16  # before USERNAME, which clients write first
ATTRIBUTE = struct.Struct("!HH")  # type and length


def is_request(message: bytes) -> bool:
    """Whether a STUN message is a request: it has a class of its own (RFC 8489, 5)."""
    return int.from_bytes(message[:2], "big") & CLASS_BITS == REQUEST


def read_receiver(message: bytes) -> bytes | None:
    """The receiver's fragment of USERNAME in a STUN message; None: there is none."""
    position = STUN_HEADER
    for _ in range(MAX_ATTRIBUTES):
        if position + ATTRIBUTE.size > len(message):
            return None
        kind, length = ATTRIBUTE.unpack_from(message, position)
        position += ATTRIBUTE.size
        if kind == USERNAME:
            return message[position : position + length].partition(b":")[0]
        position += length + -length % 4  # attributes are padded to four bytes
    return None


class Demultiplexer(Generic[Recipient]):
    """The recipients of the datagrams of one socket."""

    def __init__(self, on_dropped: Callable[[str], None]) -> None:
        """:param on_dropped: called with the reason for each datagram that is for nobody."""
        self._on_dropped = on_dropped
        self._by_user: dict[bytes, Recipient] = {}
        self._by_transaction: dict[bytes, Recipient] = {}
        self._by_address: dict[Address, Recipient] = {}
        self._addresses: dict[Recipient, set[Address]] = {}

    def find(self, data: bytes, address: Address) -> Recipient | None:
        """Whom a datagram is for; None, and `on_dropped` is called: for nobody."""
        if data and data[0] > MAX_STUN_BYTE:
            found, reason = self._by_address.get(address), "stranger"
        elif len(data) < STUN_HEADER:
            found, reason = None, "malformed"
        elif is_request(data):
            found, reason = self._by_user.get(read_receiver(data) or b""), "stranger"
        else:
            found, reason = self._by_transaction.get(data[8:STUN_HEADER]), "unsolicited"
        if found is None:
            self._on_dropped(reason)
        return found

    def add(self, user: bytes, recipient: Recipient) -> None:
        """Hand checks for this user name fragment, which no other recipient has, to it."""
        assert user and user not in self._by_user
        self._by_user[user] = recipient
        self._addresses[recipient] = set()

    def expect(self, transaction: bytes, recipient: Recipient) -> None:
        """Hand the answers to a request to its sender, until `forget`."""
        self._by_transaction[transaction] = recipient

    def forget(self, transaction: bytes) -> None:
        self._by_transaction.pop(transaction, None)

    def claim(self, address: Address, recipient: Recipient) -> None:
        """An authenticated check came from an address: take it, if nobody has it."""
        if address not in self._by_address:
            self._assign(address, recipient)

    def confirm(self, address: Address, recipient: Recipient) -> None:
        """A check that was sent to an address was answered: take it, whoever had it."""
        if self._by_address.get(address) is not recipient:
            self._assign(address, recipient)

    def _assign(self, address: Address, recipient: Recipient) -> None:
        own = self._addresses.get(recipient)
        if own is None:
            return  # it has been removed meanwhile
        if (previous := self._by_address.get(address)) is not None:
            self._addresses[previous].discard(address)
        self._by_address[address] = recipient
        own.add(address)

    def remove(self, user: bytes, recipient: Recipient) -> None:
        """Forget a recipient and its addresses; its transactions it forgets itself."""
        self._by_user.pop(user, None)
        for address in self._addresses.pop(recipient, ()):
            del self._by_address[address]

    @property
    def recipients(self) -> int:
        """How many there are."""
        return len(self._addresses)

    @property
    def entries(self) -> int:
        """How much is kept, of all kinds."""
        return len(self._by_user) + len(self._by_transaction) + len(self._by_address)
