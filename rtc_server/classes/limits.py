"""How many classes there may be. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rtc_server.classes.errors import ClassesFull, TooManyClasses

MAX_CLASSES, MAX_CLASSES_PER_ADDRESS = 50, 8
MAX_ENDED, ENDED_S = 50, 2 * 3600.0  # whose reports are kept


def require_class_allowed(addresses: Sequence[str], address: str) -> None:
    """Check that one more may be opened.

    :param addresses: of those who opened the classes that there are.
    :param address: of who opens another one.
    :raises ClassesFull, TooManyClasses: there are as many as may be.
    """
    if addresses.count(address) >= MAX_CLASSES_PER_ADDRESS:
        raise TooManyClasses(
            f"expected at most {MAX_CLASSES_PER_ADDRESS} classes of one address, got one more"
        )
    if len(addresses) >= MAX_CLASSES:
        raise ClassesFull(f"all {MAX_CLASSES} classes of this server are open; try again later")
