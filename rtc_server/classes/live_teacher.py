"""What a live class has in place of a lesson: the teacher, as they dance."""

from __future__ import annotations

from typing import Any, Protocol

from rtc_server.lessons.lesson import Lesson
from rtc_server.protocol.class_messages import LiveProblem, RecordingFields
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.scoring.growing.reference import GrowingReference
from rtc_server.sync.player import Player
from rtc_server.webrtc.connection import WebRtcConnection
from rtc_server.webrtc.downlink import MediaDownlink
from rtc_server.webrtc.trickle import Fragment


class TeacherFeed(MediaDownlink, Protocol):
    """What goes to one learner."""

    def let_in(self) -> None:
        """They are admitted; before that nothing of the teacher is sent to them."""


class KeptRecording(Protocol):
    """The recording of a live class, and the lesson that it becomes."""

    @property
    def keep(self) -> bool:
        """Whether the class becomes a lesson."""

    def set_keep(self, *, keep: bool) -> None:
        """Record from now on; or throw away what was recorded.

        :raises KeepRefused: whoever opened the class may not add lessons.
        """

    def describe(self) -> RecordingFields:
        """How it is going, for the teacher."""

    def describe_kept(self) -> dict[str, Any] | None:
        """What becomes of it, for the report; None: the class is not kept."""

    async def wait_until_handed_over(self) -> None:
        """After the class's end: wait until its lesson is a job, or it is known that none will."""


class ShownTeacher(Protocol):
    """The teacher as learners see them, and are judged by them."""

    def open_downlink(self, player: Player) -> TeacherFeed:
        """The teacher's video and audio for one learner, who is admitted by now or not yet.

        :param player: the learner's; its position is the class's once they are admitted.
        """

    async def judge(self, attempt: GroupAttempt) -> None:
        """A learner's session ends: judge their attempt again, by all of the reference."""


class LiveTeacher(ShownTeacher, Protocol):
    """One for each live class, from its opening to its end; all in the event loop's thread."""

    @property
    def lesson(self) -> Lesson:
        """Stands for the lesson that there is none of: its id is `live-CODE`, its title the
        class's, its duration as long as a class may last. `POST /api/classes` makes it."""

    @property
    def reference(self) -> GrowingReference:
        """The teacher's poses so far: one object, which grows."""

    def connect_teacher(self, connection: WebRtcConnection) -> None:
        """The teacher's own session was negotiated: from now on its media, if it has lines that
        send, are the class's; a newer connection takes the place of an older one."""

    async def open_encoder(self, offer_sdp: str, address: str) -> tuple[str, str]:
        """Answer an encoder's offer (WHIP); return its id and the answer.

        :param address: that of its HTTP client.
        :raises BadOffer, UnfitOffer: SDP that cannot be read, or lacks what an encoder needs.
        """

    async def add_encoder_fragment(self, id: str, fragment: Fragment, address: str) -> str | None:
        """Candidates of an encoder that come after its offer, or an ICE restart.

        :raises UnknownSession: there is no such encoder (any more).
        """

    async def close_encoder(self, id: str) -> None:
        """
        :raises UnknownSession: there is no such encoder (any more).
        """

    async def open_viewer(self, host: str, offer_sdp: str) -> str:
        """Answer the offer of another session host, which shows the teacher to its learners.

        :param host: one has one connection; a new one takes the place of the last.
        :raises BadOffer, UnfitOffer: SDP that cannot be read, or receives no video.
        """

    def begin(self, player: Player) -> None:
        """The class plays from now on: `player` has the time since then as its position."""

    @property
    def problem(self) -> LiveProblem | None:
        """What keeps the teacher from being seen, or seen well; None: nothing."""

    @property
    def recording(self) -> KeptRecording:
        """What makes the class a lesson, if the teacher wants that."""

    def end(self) -> None:
        """The class is over, before its sessions are."""

    async def close(self) -> None:
        """The class has ended: close what is open, throw away what was not handed over."""
