"""Every error as one sentence on one line, for users."""

from __future__ import annotations

from models.errors import ModelError
from rtc_server.errors import TandemError
from tf_pose.errors import PoseError

EXPECTED = (TandemError, ModelError, PoseError)


def error_sentence(error: BaseException, hint: str = "") -> str:
    """The message of an expected error, else the error's type and message.

    :param hint: added to an unexpected error.
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
