"""Why somebody gets no class, or no place in one."""

from __future__ import annotations

from rtc_server.errors import OutOfOrder, TandemError


class UnknownClass(TandemError):
    """A code that no class has."""

    code = "unknown_class"


class ClassEnded(TandemError):
    """The code of a class that has ended."""

    code = "class_ended"


class ClassFull(TandemError):
    """As many learners as may be are there."""

    code = "class_full"


class NameTaken(TandemError):
    """Somebody of that name is in the class."""

    code = "name_taken"


class ClassTokenNeeded(TandemError):
    """What only the class's teacher may do."""

    code = "class_token_needed"


class TooManyClasses(TandemError):
    """An address has as many classes as one may have."""

    code = "too_many_classes"


class ClassesFull(TandemError):
    """The server has as many classes as it may have."""

    code = "classes_full"


class ClassesOff(TandemError):
    """This server has no classes, or none of that kind."""

    code = "classes_off"


class NotLive(TandemError):
    """What only a live class has, of a class with a lesson."""

    code = "not_live"


class LiveClass(TandemError):
    """What only a class with a lesson has, of a live one."""

    code = "live_class"


class KeepRefused(OutOfOrder):
    """A teacher who may add no lessons wants to keep a class as one."""

    code = "keep_refused"


class ClassTooShort(TandemError):
    """A class of which too little was danced to make a lesson of."""

    code = "class_too_short"


class TooManyCues(OutOfOrder):
    """A class's teacher sends more cues than anybody can follow."""

    code = "too_many_cues"
