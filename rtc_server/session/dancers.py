"""Who dances in a session: one learner, or several dancers, each with an attempt. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from rtc_server.history.results import Result
from rtc_server.protocol.server_messages import SummaryMessage
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.scoring.group_result import build_group_summary

# What so many dancers cost a server, in learners: their poses; the packets are those of one
# (docs/pose.md, "Several dancers").
COSTS = {1: 1.0, 2: 1.6, 3: 2.2, 4: 2.8}
MAX_DANCERS = len(COSTS)


def cost_of(dancers: int | None) -> float:
    """How many learners' places a session takes."""
    return COSTS[dancers or 1]


@dataclass(slots=True)
class SessionDancers:
    """Everybody who dances in one session, by their numbers."""

    attempt: GroupAttempt
    names: list[str | None]  # under which results are kept
    is_group: bool  # whether the client asked for dancers, and is told about each
    finished: SummaryMessage | None = field(default=None, init=False)  # of the whole attempt

    def summarize(self, complete: bool) -> SummaryMessage:
        """The `summary` message of the attempt so far, or as it was finished."""
        if self.finished is not None:
            return self.finished
        summaries = self.attempt.summaries(complete)
        return build_group_summary(summaries) if self.is_group else summaries[0].message()

    def finish(self, complete: bool) -> SummaryMessage:
        """The `summary` of the whole attempt, which does not change any more."""
        self.finished = self.summarize(complete)
        return self.finished

    def forget_name(self, learner: str) -> None:
        """Keep nothing under that name any more."""
        self.names = [None if name == learner else name for name in self.names]

    def results_of_others(self, session: Result) -> list[Result]:
        """What is kept of all but the first dancer, whose result is the session's."""
        return [
            Result(
                attempt=attempt.id,
                session=attempt.id,  # the session's id leads to the result of all
                learner=name,
                lesson=session.lesson,
                title=session.title,
                started_at_s=session.started_at_s,
                ended_at_s=session.ended_at_s,
                reason=session.reason,
                summary=attempt.summary(session.summary["complete"]).message(),
                owner=session.owner,
            )
            for attempt, name in zip(self.attempt.attempts[1:], self.names[1:], strict=True)
            if name is not None
        ]
