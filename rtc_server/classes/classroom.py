"""One class, from its opening to its report: who is in it, what it plays, and what is said."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Literal

from rtc_server.classes.class_clock import ClassClock
from rtc_server.classes.errors import TooManyCues
from rtc_server.classes.live_teacher import LiveTeacher
from rtc_server.classes.members import Attendee, Member, Members, TeacherSession
from rtc_server.classes.options import ClassOptions
from rtc_server.classes.progress import ClassProgress
from rtc_server.classes.report import build_report
from rtc_server.classes.roster import build_entry, build_roster
from rtc_server.classes.samples import ClassSample, read_sample
from rtc_server.classes.status import build_status
from rtc_server.classes.tiles import fit_tile
from rtc_server.lessons.lesson import Lesson
from rtc_server.protocol.class_messages import (
    ClassCue,
    ClassHand,
    ClassState,
    ClassStatus,
    SendCue,
)
from rtc_server.protocol.score_message import ScoreMessage, build_joints
from rtc_server.protocol.server_messages import SummaryMessage
from rtc_server.scoring.growing.reference import AttemptReference
from rtc_server.scoring.interpolation import interpolate_pose
from rtc_server.token_bucket import RateLimit, TokenBucket

TURN_S = 0.5  # between two rosters; the status is sent each second turn
HELD_S = 600.0  # a class whose teacher is gone ends after that
MAX_OPEN_S = 4 * 3600.0
HAND_S = 60.0  # a hand does not stay up for longer
LEAVE_S = 15.0  # for all sessions to end with the class
LEAVE_LIVE_S = 900.0  # the same, where all are judged again: half a second for a minute of dance
CUE_LIMIT = RateLimit(1, 5)


class Classroom:
    """Everything of one class but its sessions; `run` it once."""

    def __init__(
        self,
        code: str,
        options: ClassOptions,
        lesson: Lesson,
        reference: AttemptReference,
        now: Callable[[], float],
        *,
        countdown_s: int,
        pose_fps: float,
        owner: str | None = None,
        live: LiveTeacher | None = None,
        address: str = "",
        about_lesson: Mapping[str, object] | None = None,
    ) -> None:
        """:param owner: the invited teacher, if one opened it. `live`: None: it has a lesson."""
        self.code, self.options, self.owner, self.live = code, options, owner, live
        self.address, self.about_lesson = address, about_lesson
        self.lesson, self.reference = lesson, reference
        self.token = secrets.token_urlsafe(24)
        self.clock = ClassClock(lesson.duration_s, countdown_s, now, is_live=options.kind == "live")
        self.members, self.progress = Members(options.max_learners, now), ClassProgress()
        self.teacher: TeacherSession | None = None
        self.opened_at = time.time()
        self.began_at: float | None = None
        self.ended_at: float | None = None
        self.is_complete = False  # it has ended, and so have its sessions
        self.on_turn: Callable[[float], None] = lambda _: None  # told the time twice a second
        self._now, self._pose_fps, self._seq = now, pose_fps, 0
        self._opened_s = self._held_s = now()
        self._cues = TokenBucket(CUE_LIMIT, now())
        self._told: dict[Attendee, ClassStatus] = {}  # what each was told last
        self._left = asyncio.Event()  # somebody's session has ended

    @property
    def state(self) -> ClassState:
        if self.clock.is_ended:
            return "ended"
        return "open" if self.teacher is not None else "held"

    @property
    def keep(self) -> bool:
        """Whether it becomes a lesson."""
        return self.live is not None and self.live.recording.keep

    @property
    def ends_in_s(self) -> float | None:
        """While the teacher is gone: after how long the class ends."""
        if self.state != "held":
            return None
        return max(0.0, self._held_s + HELD_S - self._now())

    async def run(self) -> None:
        """Play until the lesson's end, or until the teacher ends it or stays away."""
        try:
            await self._play()
            self.is_complete = True
            if self.live is not None:
                await self.live.recording.wait_until_handed_over()
        finally:
            if self.live is not None:
                await self.live.close()

    async def _play(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            turns = tasks.create_task(self._take_turns())
            await self.clock.run()
            turns.cancel()
        self.ended_at = time.time()
        if self.live is not None:
            self.live.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S if self.live is None else LEAVE_LIVE_S):
                while self.teacher is not None or self.members.seated():
                    self._left.clear()
                    await self._left.wait()

    def end(self) -> None:
        """The teacher ends it, for all."""
        self.clock.end("class ended")

    def on_teacher(self, teacher: TeacherSession) -> None:
        """The teacher is there; a second one takes the first one's place."""
        before, self.teacher = self.teacher, teacher
        if before is not None and before is not teacher:
            self._told.pop(before, None)
            before.end("replaced")
        self.clock.go_on()
        self.tell_status()

    def on_teacher_gone(self, teacher: TeacherSession) -> None:
        """The teacher's session has ended, or their place was taken."""
        self._told.pop(teacher, None)
        self._left.set()
        if self.teacher is teacher:
            self.teacher, self._held_s = None, self._now()
            self.clock.hold()
            self.tell_status()

    def on_learner(self, member: Member) -> None:
        """A learner is connected: they come in, or wait to be let in."""
        member.is_open, member.gone_s, member.left_at = True, None, None
        if self.options.admission == "open" or member.is_let_in:
            self.let_in(member)

    def let_in(self, member: Member) -> None:
        """They are where the class is from now on."""
        member.is_let_in = True
        if member.seat is not None:
            member.seat.let_in()

    def refuse(self, member: Member) -> None:
        """They have to go."""
        member.is_let_in = False
        if member.seat is not None:
            member.seat.end("refused")

    def on_learner_end(
        self, member: Member, seat: Attendee, summary: SummaryMessage | None
    ) -> None:
        """A session of theirs has ended; without a summary it was lost with its host."""
        self._told.pop(seat, None)
        self._left.set()
        has_danced = summary is not None and summary["samples"] > 0
        if summary is not None and has_danced:
            member.take_summary(summary)
        self.members.leave(member, seat, has_danced=has_danced)

    def on_sample(self, member: Member, message: ScoreMessage, aspect: float) -> None:
        """A sample of theirs came.

        :param aspect: width / height of their camera's picture.
        """
        is_playing = self.clock.state == "playing"
        sample = read_sample(member.raise_, self._now(), message, aspect, is_playing=is_playing)
        self.take_sample(member, sample)

    def take_sample(self, member: Member, sample: ClassSample) -> None:
        """The same, of a sample that was read where their session is."""
        member.take_sample(sample, self._now())
        if sample["raises_hand"]:
            self.set_hand(member, is_up=True)
        if sample["counts"] and (score := sample["score"]) is not None:
            self.progress.add(member.number, sample["lesson_s"], score)

    def set_wishes(self, member: Member, leaderboard: bool | None, picture: bool | None) -> None:
        """Whether they want to be on the leaderboard, and to be seen; None: as before."""
        member.take_wishes(leaderboard, picture)

    def set_hand(self, member: Member, *, is_up: bool) -> None:
        """Their hand goes up or down; they and the teacher hear of it."""
        if is_up == (member.hand_since_s is not None) or not member.is_let_in:
            return
        member.hand_since_s = self._now() if is_up else None
        member.hands += is_up
        message: ClassHand = {
            "type": "hand",
            "learner": member.number,
            "name": member.name,
            "up": is_up,
        }
        for attendee in (member.seat, self.teacher):
            if attendee is not None:
                attendee.tell(message)

    def send_cue(self, order: SendCue) -> None:
        """Say it to one, or to all who are in.

        :raises BadMessage: nobody has that number.
        :raises TooManyCues: more than anybody can follow.
        """
        one = None if order.learner is None else self.members.find(order.learner)
        if not self._cues.take(self._now()):
            raise TooManyCues(
                f"expected at most {CUE_LIMIT.per_s:.0f} cue a second and {CUE_LIMIT.burst:.0f} at "
                "once, got more"
            )
        to: Literal["you", "all"] = "all" if one is None else "you"
        message: ClassCue = {"type": "cue", "cue": order.cue, "text": order.text, "to": to}
        for member in self.members.present() if one is None else [one]:
            member.cues += 1
            if member.seat is not None:
                member.seat.tell(message)

    def tell_status(self) -> None:
        """Tell everybody how the class is, as far as that has changed for them."""
        for member in self.members.seated():
            if member.seat is not None and member.is_open:
                self.tell_one(member.seat, member)
        if self.teacher is not None:
            self.tell_one(self.teacher, None)

    def tell_one(self, attendee: Attendee, member: Member | None, *, again: bool = False) -> None:
        """Tell one of them.

        :param member: None: the teacher.
        :param again: even if it is what they know.
        """
        status = build_status(self, member)
        before = self._told.get(attendee)
        if again or before is None or {**before, "ends_in_s": status["ends_in_s"]} != status:
            self._told[attendee] = status
            attendee.tell(status)

    def report(self) -> dict[str, Any]:
        """What the teacher gets, so far or after the end."""
        return build_report(self)

    async def _take_turns(self) -> None:
        while True:
            await asyncio.sleep(TURN_S)
            self.take_turn()

    def take_turn(self) -> None:
        """Look after the class; it is called twice a second."""
        now_s = self._now()
        self._check(now_s)
        self.on_turn(now_s)
        for member in self.members.seated():
            if member.hand_since_s is not None and now_s - member.hand_since_s > HAND_S:
                self.set_hand(member, is_up=False)
        self._show_roster(now_s)
        if self._seq % 2 == 0:
            self.tell_status()

    def _check(self, now_s: float) -> None:
        """Begin, hold and end as the clock and the teacher ask for."""
        if self.clock.state == "playing":
            if self.began_at is None:
                self.began_at = time.time()
                if self.live is not None:
                    self.live.begin(self.clock.player)
            if self.teacher is None:
                self.clock.hold()
        is_left = self.teacher is None and now_s - self._held_s > HELD_S
        if is_left or now_s - self._opened_s > MAX_OPEN_S:
            self.end()

    def _show_roster(self, now_s: float) -> None:
        self._seq += 1
        if self.teacher is None:
            return
        lesson_s, track = self.clock.player.position_s, self.reference.track
        target = interpolate_pose(track, lesson_s)
        entries = [build_entry(one, now_s, self._pose_fps) for one in self.members.shown()]
        for message in build_roster(
            *(self._seq, entries),
            lesson_s=lesson_s,
            hardest=self.progress.hardest(),
            target=fit_tile(build_joints(target.xy, target.confidence), track.aspect),
        ):
            self.teacher.show(message)
