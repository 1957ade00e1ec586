"""The tree of errors: each message says in one sentence what was expected, what came, and where.

A class and its `code` have the same name. HTTP statuses are in `http.errors`.
"""

from __future__ import annotations


class TandemError(Exception):
    """Any error whose message is a sentence for users; `code` is its name on the wire."""

    code = "error"
    retry_after_s: int | None = None  # after how long it may be otherwise, where that is known


class BadVideo(TandemError):
    """A file that cannot be a lesson or a camera: not a video, without frames or duration."""

    code = "bad_video"


class NobodyInPicture(BadVideo):
    """A video in which no person was found."""

    code = "nobody_in_picture"


class BadPart(TandemError):
    """A part of a video that is empty, or begins after the video's end."""

    code = "bad_part"


class BadLessonId(TandemError):
    """A lesson id that is not `[a-z0-9-]{1,64}`."""

    code = "bad_lesson_id"


class UnknownLesson(TandemError):
    """No lesson of that id in the store."""

    code = "unknown_lesson"


class LessonExists(TandemError):
    """A lesson of that id exists already."""

    code = "lesson_exists"


class BrokenLesson(TandemError):
    """A lesson's folder that cannot be read."""

    code = "broken_lesson"


class UnknownCodec(TandemError):
    """A codec or a rendition that lessons do not have."""

    code = "unknown_codec"


class BadTitle(TandemError):
    """A title that is empty, too long, or contains control characters."""

    code = "bad_title"


class UploadsOff(TandemError):
    """Lessons cannot be changed over HTTP on this server, or not by this client."""

    code = "uploads_off"


class TokenNeeded(TandemError):
    """Only clients that know the server's token may do this."""

    code = "token_needed"


class WrongHost(TandemError):
    """A request for a host name that is not this server's."""

    code = "wrong_host"


class LanOff(TandemError):
    """The server was not started for a local network (`--lan`)."""

    code = "lan_off"


class NoAuthority(TandemError):
    """The server's certificate is not of an authority of its own."""

    code = "no_authority"


class TooLarge(TandemError):
    """A video with more bytes than the server accepts."""

    code = "too_large"


class BrokenUpload(TandemError):
    """An upload that broke off, stalled, or was cancelled."""

    code = "broken_upload"


class SlowUpload(BrokenUpload):
    """An upload that came more slowly than the server waits for."""

    code = "slow_upload"


class NoRoom(TandemError):
    """What was sent or asked for does not fit on the disk, or may not be written there."""

    code = "no_room"


class TooManyJobs(TandemError):
    """The queue of videos that wait to be prepared is full."""

    code = "too_many_jobs"


class UnknownJob(TandemError):
    """No job of that id: it ended long ago, or never existed."""

    code = "unknown_job"


class JobExists(TandemError):
    """A job of that id exists already."""

    code = "job_exists"


class PreparationFailed(TandemError):
    """The worker process ended before it had made the lesson."""

    code = "preparation_failed"


class BadMessage(TandemError):
    """A message that is not JSON, lacks a field, or has a wrong one."""

    code = "bad_message"


class OutOfOrder(TandemError):
    """A message that is valid, but not in this state: a pause while nothing is playing."""

    code = "out_of_order"


class BadOffer(TandemError):
    """SDP that cannot be parsed."""

    code = "bad_offer"


class UnfitOffer(TandemError):
    """Valid SDP that lacks what a session needs: a video line that sends, or the channels."""

    code = "unfit_offer"


class BadFragment(TandemError):
    """An SDP fragment with candidates that cannot be parsed."""

    code = "bad_fragment"


class UnfitFragment(TandemError):
    """Valid candidates that belong to another ICE session, or to no line of the offer."""

    code = "unfit_fragment"


class ServerFull(TandemError):
    """As many sessions as allowed are open."""

    code = "server_full"


class TooManyOffers(TandemError):
    """An address sends more offers than the server answers."""

    code = "too_many_offers"


class TooManyFromAddress(TandemError):
    """An address has as many learners as one may have."""

    code = "too_many_from_address"


class ServerStopping(TandemError):
    """The server is stopping and opens no more sessions."""

    code = "server_stopping"


class UnknownSession(TandemError):
    """No session of that id: it ended, or never existed."""

    code = "unknown_session"


class OtherLesson(TandemError):
    """A session cannot be resumed in another lesson."""

    code = "other_lesson"


class SessionFailed(TandemError):
    """A client's session that could not begin, or ended unexpectedly."""

    code = "session_failed"


class BadConfig(TandemError):
    """A setting of the wrong type or out of range, or an argument that cannot be used."""

    code = "bad_config"


class BadPicture(TandemError):
    """A file that is not an image."""

    code = "bad_picture"


class NoDisplay(TandemError):
    """A window was requested where there is no display."""

    code = "no_display"


class BundledLesson(TandemError):
    """The demo lesson is always there: it cannot be renamed, removed or replaced."""

    code = "bundled_lesson"


class Unhealthy(TandemError):
    """The server runs, but not as it should: restart it."""

    code = "unhealthy"


class NotReady(TandemError):
    """The server cannot open sessions: its models are loading, or failed to load."""

    code = "not_ready"


class BadLearner(TandemError):
    """A learner's name that is empty, too long, or contains control characters."""

    code = "bad_learner"


class BadHistory(TandemError):
    """A database of results that is broken, unreachable, or newer than this version."""

    code = "bad_history"


class HistoryUnavailable(TandemError):
    """The database of results does not answer at the moment."""

    code = "history_unavailable"


class HistoryOff(TandemError):
    """This server keeps no results."""

    code = "history_off"


class HistoryClosed(TandemError):
    """This client may not read or delete results by name."""

    code = "history_closed"


class UnknownResult(TandemError):
    """No result of that id is kept."""

    code = "unknown_result"
