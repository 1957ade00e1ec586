"""What a user is told of any error: one sentence, on one line."""

from __future__ import annotations

from models.errors import ModelError
from rtc_server.errors import TandemError
from tf_pose.errors import PoseError

EXPECTED = (TandemError, ModelError, PoseError)


def sentence_of(error: BaseException, hint: str = "") -> str:
    """The error's own words where it has some for users.

    :param hint: follows where it has none, for those are errors that nobody thought of.
    """
    if isinstance(error, EXPECTED):
        text = str(error)
    elif isinstance(error, OSError) and error.filename is not None:
        text = f"{error.filename}: {error.strerror}"
    elif isinstance(error, OSError):
        text = str(error)
    else:
        text = f"unexpected {type(error).__name__}: {error}{hint}"
    return " ".join(text.split())
