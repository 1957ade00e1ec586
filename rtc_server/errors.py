"""The error tree: one sentence each, saying what was expected, what came, and where."""

from __future__ import annotations


class TandemError(Exception):
    """Anything that a user can be told in one sentence; `code` is its name on the wire."""

    code = "error"


class BadVideo(TandemError):
    """A file that cannot serve as a lesson or a camera: not a video, no picture, no length."""

    code = "bad_video"


class NobodyInPicture(BadVideo):
    """A video in which no person was found."""

    code = "nobody_in_picture"


class BadPart(TandemError):
    """A part of a video that is none, or lies beyond its end."""

    code = "bad_part"


class BadLessonId(TandemError):
    """A lesson id that is not `[a-z0-9-]{1,64}`."""

    code = "bad_lesson_id"


class UnknownLesson(TandemError):
    """No lesson of that id in the store."""

    code = "unknown_lesson"


class LessonExists(TandemError):
    """The id is taken."""

    code = "lesson_exists"


class BrokenLesson(TandemError):
    """A lesson's folder that cannot be read."""

    code = "broken_lesson"


class UnknownCodec(TandemError):
    """A codec or a rendition that lessons do not have."""

    code = "unknown_codec"


class BadTitle(TandemError):
    """A title that nobody could read: empty, too long, or with control characters in it."""

    code = "bad_title"


class UploadsOff(TandemError):
    """Lessons are not to be changed over HTTP here, or not by who asks."""

    code = "uploads_off"


class TokenNeeded(TandemError):
    """Who changes lessons must know the server's token."""

    code = "token_needed"


class TooLarge(TandemError):
    """More bytes than the server takes."""

    code = "too_large"


class BrokenUpload(TandemError):
    """An upload that broke off, stood still, or was called off."""

    code = "broken_upload"


class NoRoom(TandemError):
    """The disk is too full for what was to be written."""

    code = "no_room"


class TooManyJobs(TandemError):
    """Enough videos wait to be prepared."""

    code = "too_many_jobs"


class UnknownJob(TandemError):
    """No job of that id: it ended long ago, or never was."""

    code = "unknown_job"


class JobExists(TandemError):
    """A job of that id is known already."""

    code = "job_exists"


class PreparationFailed(TandemError):
    """The process that made a lesson did not come to its end."""

    code = "preparation_failed"


class BadMessage(TandemError):
    """A message that is not JSON, lacks a field, or holds a wrong one."""

    code = "bad_message"


class OutOfOrder(TandemError):
    """A message that makes sense, but not now: a pause while nothing plays."""

    code = "out_of_order"


class BadOffer(TandemError):
    """SDP that cannot be read."""

    code = "bad_offer"


class UnfitOffer(TandemError):
    """SDP that reads well but lacks what a session needs: a video track up, the channels."""

    code = "unfit_offer"


class BadFragment(TandemError):
    """An SDP fragment with candidates that cannot be read."""

    code = "bad_fragment"


class UnfitFragment(TandemError):
    """Candidates that read well and belong to another ICE session, or to no line of the offer."""

    code = "unfit_fragment"


class ServerFull(TandemError):
    """Every place is taken."""

    code = "server_full"


class ServerStopping(TandemError):
    """The server lets nobody in any more."""

    code = "server_stopping"


class UnknownSession(TandemError):
    """No session of that id: it ended, or never was."""

    code = "unknown_session"


class OtherLesson(TandemError):
    """A session that broke off cannot be gone on with in another lesson."""

    code = "other_lesson"


class SessionFailed(TandemError):
    """A client's session that could not begin or did not end as it should."""

    code = "session_failed"


class NothingToResume(SessionFailed):
    """A client's session that the server cannot go on with."""

    code = "nothing_to_resume"


class BadConfig(TandemError):
    """A setting that is out of range or of the wrong kind."""

    code = "bad_config"


class BadPicture(TandemError):
    """A file that is not a picture."""

    code = "bad_picture"


class NoDisplay(TandemError):
    """A window was asked for where none can be shown."""

    code = "no_display"


class BundledLesson(TandemError):
    """The demo lesson is always there: it cannot be removed or replaced."""

    code = "bundled_lesson"


class NotReady(TandemError):
    """The server cannot take learners: its models do not load."""

    code = "not_ready"


class BadLearner(TandemError):
    """A name that a learner cannot have: empty, too long, or with control characters in it."""

    code = "bad_learner"


class BadHistory(TandemError):
    """A database of results that cannot be opened: broken, unreachable, newer than this version."""

    code = "bad_history"


class HistoryUnavailable(TandemError):
    """The database of results does not answer now."""

    code = "history_unavailable"


class HistoryOff(TandemError):
    """This server keeps no results."""

    code = "history_off"


class HistoryClosed(TandemError):
    """Results are not for everybody who reaches this server."""

    code = "history_closed"


class UnknownResult(TandemError):
    """No result of that id is kept."""

    code = "unknown_result"
