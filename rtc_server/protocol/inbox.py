"""The control messages that wait to be handled: bounded in number and in rate. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rtc_server.token_bucket import RateLimit, TokenBucket

# Pages send 11 messages a second, and while a key repeats 30 more.
MESSAGE_LIMIT = RateLimit(100, 400)
# Of those, commands that change what is played. Each jump sends frames from a key frame on.
COMMAND_LIMIT = RateLimit(40, 80)


class Inbox:
    """One learner's messages, the oldest first; what is dropped is counted by its reason."""

    def __init__(
        self, size: int, now: Callable[[], float], on_dropped: Callable[[str], None]
    ) -> None:
        """:param size: how many messages may wait.
        :param on_dropped: called with the reason for each message that is not handled.
        """
        self._now = now
        self._on_dropped = on_dropped
        self._messages: deque[str | bytes] = deque(maxlen=size)
        self._rate = TokenBucket(MESSAGE_LIMIT, now())
        self._command_rate = TokenBucket(COMMAND_LIMIT, now())
        self.lost = 0  # messages that newer ones pushed out
        self.refused = 0  # because the learner sends too many

    def put(self, message: str | bytes) -> None:
        """Take a message that came, if the learner does not send too many."""
        if not self._admit(self._rate, "rate"):
            return
        if len(self._messages) == self._messages.maxlen:
            self.lost += 1
            self._on_dropped("queue")
        self._messages.append(message)

    def pop(self) -> str | bytes | None:
        """Take the oldest message out; None if none waits."""
        return self._messages.popleft() if self._messages else None

    def admit_command(self) -> bool:
        """Whether a command is to be carried out, or is one too many."""
        return self._admit(self._command_rate, "command_rate")

    def _admit(self, bucket: TokenBucket, reason: str) -> bool:
        if bucket.take(self._now()):
            return True
        self.refused += 1
        self._on_dropped(reason)
        return False
