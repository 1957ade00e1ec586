"""All classes of this server: opens them, finds them by their codes, and lets people in."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from rtc_server.classes.classroom import Classroom
from rtc_server.classes.codes import CodeGuard, make_code, normalize_code
from rtc_server.classes.directory import NewClass
from rtc_server.classes.errors import (
    ClassEnded,
    ClassesOff,
    ClassTokenNeeded,
    LiveClass,
    UnknownClass,
)
from rtc_server.classes.limits import ENDED_S, MAX_ENDED, require_class_allowed
from rtc_server.classes.live_teacher import LiveTeacher
from rtc_server.classes.options import ClassOptions, KeepRight
from rtc_server.classes.seats import LearnerSeat, TeacherSeat
from rtc_server.config import Config
from rtc_server.metrics import Metrics
from rtc_server.session.connection import Connect
from rtc_server.session.registry import SessionRegistry
from rtc_server.session.session import Session
from rtc_server.session.session_request import SessionRequest

logger = logging.getLogger(__name__)

OpenLive = Callable[[str, ClassOptions, KeepRight], LiveTeacher]  # of a class's code


class ClassRegistry:
    """Owns the task of every class; leaving the `async with` block ends them."""

    def __init__(
        self,
        config: Config,
        sessions: SessionRegistry,
        metrics: Metrics,
        now: Callable[[], float],
        open_live: OpenLive | None = None,
    ) -> None:
        """:param open_live: None: there are no live classes."""
        self._config, self._sessions, self._metrics = config, sessions, metrics
        self._now, self._open_live = now, open_live
        self._guard = CodeGuard(now())
        self._open: dict[str, Classroom] = {}
        self._ended: OrderedDict[str, tuple[Classroom, float]] = OrderedDict()
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()
        metrics.classes.set_function(lambda: len(self._open))

    async def __aenter__(self) -> ClassRegistry:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        for task in self._running:
            task.cancel()
        await self._tasks.__aexit__(*error)

    def __iter__(self) -> Iterator[Classroom]:
        return iter(list(self._open.values()))

    @property
    def has_live(self) -> bool:
        """Whether there may be live classes."""
        return self._open_live is not None

    def open(self, wish: NewClass, code: str | None = None) -> Classroom:
        """Open a class that follows a lesson, or whose teacher is the lesson.

        :param code: one that no class has; None: any.
        :raises ClassesOff: there are no live classes here.
        :raises ClassesFull, TooManyClasses: there are as many as may be.
        """
        require_class_allowed([room.address for room in self], wish.address)
        while code is None or code in self._open or code in self._ended:
            code = make_code()
        lesson, reference, live = wish.lesson, wish.reference, None
        if lesson is None or reference is None:
            if self._open_live is None:
                raise ClassesOff("live: expected a lesson; this server has no live classes")
            live = self._open_live(code, wish.options, wish.right)
            lesson, reference = live.lesson, live.reference
        room = Classroom(
            *(code, wish.options, lesson, reference, self._now),
            countdown_s=self._config.countdown_s,
            pose_fps=self._config.pose_fps,
            owner=wish.owner,
            live=live,
            address=wish.address,
            about_lesson=wish.about_lesson,
        )
        self._open[code] = room
        self._metrics.classes_opened.labels(kind=wish.options.kind).inc()
        task = self._tasks.create_task(self._run(room), name=f"class-{code[:2]}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return room

    def list_ended(self) -> list[Classroom]:
        """Those that have ended, and whose report is kept."""
        self._forget_old()
        return [room for room, _ in self._ended.values()]

    def get(self, code: str) -> Classroom:
        """The class of a code that is known to be right.

        :raises UnknownClass: it is no class's. ClassEnded: the class has ended.
        """
        self._forget_old()
        room = self._open.get(code)
        if room is not None and not room.clock.is_ended:
            return room
        if room is not None or code in self._ended:
            raise ClassEnded(f"the class {code} has ended")
        raise UnknownClass(f"expected the code of a class, got {code!r:.40}, which none has")

    def get_known(self, code: str) -> Classroom:
        """The same, of one that has ended, too.

        :raises UnknownClass: it is no class's.
        """
        return self._find_known(code) or self.get(code)

    def _find_known(self, code: str) -> Classroom | None:
        self._forget_old()
        ended, _ = self._ended.get(code, (None, 0.0))
        return self._open.get(code) or ended

    def find(self, text: str, address: str) -> Classroom:
        """The class of a code that somebody typed.

        :param address: of who asks, as limits count it.
        :raises TooManyMisses: the address has tried too many codes of none.
        :raises UnknownClass: it is no class's. ClassEnded: the class has ended.
        """
        self._guard.require_unlocked(address, self._now())
        try:
            return self.get(normalize_code(text))
        except UnknownClass:
            self._guard.count_miss(address, self._now())
            self._metrics.class_codes_missed.inc()
            raise

    def find_for_teacher(
        self, text: str, address: str, may_teach: Callable[[Classroom], bool]
    ) -> Classroom:
        """The same, for who sends the class's token; of one that has ended, too.

        :raises ClassTokenNeeded: they are not its teacher.
        """
        known = self._find_known(normalize_code(text))
        room = known if known and known.clock.is_ended else self.find(text, address)
        if not may_teach(room):
            raise ClassTokenNeeded(
                "expected the class's token as Authorization: Bearer, from the answer to its "
                "opening; this is the teacher's"
            )
        return room

    async def join(
        self,
        room: Classroom,
        request: SessionRequest,
        offer_sdp: str,
        resume: str | None,
        owner: str | None,
        lost: str | None = None,
    ) -> tuple[Session, str]:
        """Open a learner's session in a class; return it and the answer to the offer.

        :param request: with the learner's name, and any lesson: the class's takes its place.
        :param owner: the learner's, where the invitation is their own.
        :param lost: the id of a session of theirs that was lost with its host.
        :raises NameTaken, ClassFull: there is no place for them.
        :raises TandemError: as `SessionRegistry.open` does.
        """
        with _Place(room, request, owner, resume, lost) as place:
            session, answer = await self._sessions.open(
                place.request, offer_sdp, place.resume, place.seat
            )
            place.member.sessions.append(session.id)
            return session, answer

    async def join_over(
        self,
        room: Classroom,
        request: SessionRequest,
        connect: Connect,
        resume: str | None,
        owner: str | None,
        lost: str | None = None,
    ) -> Session:
        """The same over a connection of any other kind.

        :raises LiveClass: its video comes by WebRTC alone.
        """
        if room.live is not None:
            raise LiveClass("expected WebRTC: the video of a live class comes by nothing else")
        with _Place(room, request, owner, resume, lost) as place:
            session = await self._sessions.open_over(
                place.request, connect, place.resume, place.seat
            )
            place.member.sessions.append(session.id)
            return session

    async def teach(
        self, room: Classroom, request: SessionRequest, offer_sdp: str, resume: str | None
    ) -> tuple[Session, str]:
        """Open the teacher's session; a second one takes the place of the first."""
        request = replace(request, lesson=room.lesson, reference=room.reference, learner=None)
        return await self._sessions.open(request, offer_sdp, resume, TeacherSeat(room))

    async def _run(self, room: Classroom) -> None:
        """An error that left this task would end everybody's class."""
        try:
            await room.run()
        except Exception:  # of any kind, see above
            self._metrics.class_failures.inc()
            logger.exception("a class failed")
            room.end()
        finally:
            del self._open[room.code]
            self._ended[room.code] = room, self._now() + ENDED_S
            self._forget_old()

    def _forget_old(self) -> None:
        while self._ended and (
            len(self._ended) > MAX_ENDED or next(iter(self._ended.values()))[1] <= self._now()
        ):
            self._ended.popitem(last=False)


class _Place:
    """A learner's place while their session is opened; given back where that fails."""

    def __init__(
        self,
        room: Classroom,
        request: SessionRequest,
        owner: str | None,
        resume: str | None,
        lost: str | None,
    ) -> None:
        assert request.learner is not None
        known_by = resume or lost
        self.member, self._before = room.members.take_place(request.learner, owner, known_by)
        self.seat = LearnerSeat(room, self.member)
        self.resume = resume
        self.request = replace(request, lesson=room.lesson, reference=room.reference)
        self._room = room
        self.member.mirror = {"on": True, "off": False}.get(request.mirror)

    def __enter__(self) -> _Place:
        self.member.seat = self.seat
        if self._before is not None and self.resume is None:
            self._before.end("replaced")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            return
        if self._before is not None and not self._before.is_over:
            if self.member.seat is self.seat:
                self.member.seat = self._before
            return
        self._room.members.leave(self.member, self.seat, has_danced=False)
