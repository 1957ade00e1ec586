"""The names of errors on the wire."""

import re
from collections.abc import Iterator

from rtc_server.errors import TandemError


def all_errors(kind: type[TandemError] = TandemError) -> Iterator[type[TandemError]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from all_errors(subclass)


def test_an_error_and_its_code_on_the_wire_have_the_same_name() -> None:
    def snake_case(name: str) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

    own = [kind for kind in all_errors() if kind.__module__ == TandemError.__module__]
    assert len(own) > 30
    assert {kind.__name__: kind.code for kind in own} == {
        kind.__name__: snake_case(kind.__name__) for kind in own
    }
