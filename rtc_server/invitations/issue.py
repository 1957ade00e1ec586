"""Makes invitations: signs them, keeps what was issued, and puts them into a link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.history.results import parse_learner_name
from rtc_server.invitations.invitation import (
    Invitation,
    Role,
    implied_learner_id,
    new_invitation_id,
    read_lesson,
)
from rtc_server.invitations.secret import load_secret
from rtc_server.invitations.signer import DAY_S, HOUR_S, MINUTE_S, InvitationSigner
from rtc_server.invitations.store import InvitationStore, IssuedInvitation

DEFAULT_LASTS_S = 12 * HOUR_S
MIN_LASTS_S, MAX_LASTS_S = MINUTE_S, 366 * DAY_S
DURATION = re.compile(r"([0-9]{1,5})([smhd])")
UNITS_S = {"s": 1, "m": MINUTE_S, "h": HOUR_S, "d": DAY_S}


@dataclass(frozen=True, slots=True)
class InvitationWish:
    """What somebody asks an invitation to be."""

    role: Role = "learner"
    name: str | None = None  # None: whoever opens the link chooses one
    lesson: str | None = None  # None: all lessons
    lasts_s: float = DEFAULT_LASTS_S

    def __post_init__(self) -> None:
        """
        :raises BadConfig: it lasts too long or not long enough.
        :raises BadLearner: not a name.
        :raises BadInvitation: not the id of a lesson, or one for a teacher.
        """
        if not MIN_LASTS_S <= self.lasts_s <= MAX_LASTS_S:
            raise BadConfig(
                f"expected an invitation for 1 minute to {MAX_LASTS_S // DAY_S} days, "
                f"got {self.lasts_s:.0f} seconds"
            )
        if self.name is not None:
            object.__setattr__(self, "name", parse_learner_name(self.name))
        read_lesson(self.lesson, self.role)


def issue_invitation(config: Config, url: str, wish: InvitationWish, now_s: float) -> str:
    """Make an invitation and return its link, `https://…/#invite=…`.

    :param url: the address under which the invited reach the server.
    :raises BadConfig: the secret cannot be read or made.
    :raises InvitationsUnavailable: it cannot be kept.
    """
    build_link(url, "")  # first: nobody gets an invitation whose link cannot be made
    token, _ = sign_invitation(
        InvitationSigner(load_secret(config)), InvitationStore(config.invitations), wish, now_s
    )
    return build_link(url, token)


def sign_invitation(
    signer: InvitationSigner, store: InvitationStore, wish: InvitationWish, now_s: float
) -> tuple[str, IssuedInvitation]:
    """Make an invitation; return its token and what is kept of it.

    :raises InvitationsUnavailable: it cannot be kept.
    """
    id = new_invitation_id()
    invitation = Invitation(
        id=id,
        role=wish.role,
        learner=implied_learner_id(id, wish.name),
        name=wish.name,
        lesson=wish.lesson,
        issued_s=int(now_s),
        expires_s=int(now_s + wish.lasts_s),
        key=signer.key,
        is_shared=wish.name is None,
    )
    issued = store.add(invitation, now_s)  # first: what cannot be revoked is not given out
    return signer.sign(invitation), issued


def build_link(url: str, token: str) -> str:
    """The link of an invitation. A browser sends the fragment to no server, so no log has it.

    :raises BadConfig: not the address of a server.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        raise BadConfig(f"expected the address of the server, https://HOST, got {url!r:.80}")
    return f"{parts.scheme}://{parts.netloc}/#invite={token}"


def parse_duration_s(text: str) -> int:
    """Seconds from 30m, 12h or 7d.

    :raises BadConfig: anything else.
    """
    match = DURATION.fullmatch(text.strip())
    if match is None:
        raise BadConfig(f"expected a time such as 30m, 12h or 7d, got {text!r:.40}")
    return int(match[1]) * UNITS_S[match[2]]
