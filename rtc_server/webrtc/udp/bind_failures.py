"""Addresses at which a port cannot be bound: each is reported once, not with each session. Pure."""

from __future__ import annotations

from collections.abc import Iterable


class BindFailures:
    """Why each of these addresses failed last."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    def add(self, address: str, reason: str) -> bool:
        """Note a failure; return whether it is news: the first one, or for another reason."""
        is_news = self._reasons.get(address) != reason
        self._reasons[address] = reason
        return is_news

    def remove(self, address: str) -> None:
        """The address could be bound: its next failure is news."""
        self._reasons.pop(address, None)

    def keep(self, addresses: Iterable[str]) -> None:
        """Forget all other addresses: this machine has them no more."""
        self._reasons = {a: r for a, r in self._reasons.items() if a in set(addresses)}
