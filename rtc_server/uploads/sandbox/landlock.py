"""Landlock: which files this process and its threads may open (Linux 5.13; landlock(7)).

A right that is not granted below a folder is refused everywhere else, whoever owns the file. It
also keeps this process from looking into others (`/proc/PID/environ`, ptrace), and from version 6
on from sending signals to them.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from enum import IntFlag
from pathlib import Path

from rtc_server.uploads.sandbox.kernel import architecture, syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
GET_VERSION = 1
RULE_PATH_BENEATH = 1
BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1  # since version 4
SCOPE_ABSTRACT_SOCKETS, SCOPE_SIGNALS = 1 << 0, 1 << 1  # since version 6


class Access(IntFlag):
    """What can be done with files; in the order in which the kernel's versions learned it."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13  # version 2
    TRUNCATE = 1 << 14  # version 3
    IOCTL_DEV = 1 << 15  # version 5


READ = Access.READ_FILE | Access.READ_DIR
# No links: what is made here is later served by its path.
WRITE = READ | (
    Access.WRITE_FILE
    | Access.TRUNCATE
    | Access.REMOVE_FILE
    | Access.REMOVE_DIR
    | Access.MAKE_REG
    | Access.MAKE_DIR
)
OF_FILES = Access.READ_FILE | Access.WRITE_FILE | Access.TRUNCATE  # and of no folder


class RulesetAttributes(ctypes.Structure):
    """struct landlock_ruleset_attr"""

    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class PathBeneathAttributes(ctypes.Structure):
    """struct landlock_path_beneath_attr"""

    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def landlock_version() -> int:
    """The version that the kernel offers; 0 where it has none, or where it is switched off."""
    if architecture() is None:
        return 0
    try:
        return syscall(CREATE_RULESET, None, 0, GET_VERSION)
    except OSError:
        return 0


def restrict_files(readable: Iterable[Path], writable: Iterable[Path]) -> int:
    """Let this thread, and those that it starts, open nothing but these files and folders.

    Paths that do not exist are left out. No TCP connection can be made or taken, where the kernel
    can refuse that.

    :return: the kernel's version of Landlock.
    :raises OSError: the kernel offers none, or refuses.
    """
    version = landlock_version()
    handled = _known_access(version)
    attributes = RulesetAttributes(
        handled_access_fs=handled,
        handled_access_net=BIND_TCP | CONNECT_TCP if version >= 4 else 0,
        scoped=SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS if version >= 6 else 0,
    )
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = syscall(CREATE_RULESET, ctypes.byref(attributes), size, 0)
    try:
        for access, paths in ((READ, readable), (WRITE, writable)):
            for path in paths:
                _allow(ruleset, path, access & handled)
        syscall(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _known_access(version: int) -> Access:
    known = {1: Access.MAKE_SYM, 2: Access.REFER, 3: Access.TRUNCATE, 4: Access.TRUNCATE}
    newest = known.get(version, Access.IOCTL_DEV)
    return Access((newest << 1) - 1)


def _allow(ruleset: int, path: Path, access: Access) -> None:
    """Allow `access` below `path`, or to it if it is a file; not at all if it is not there."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = access if path.is_dir() else access & OF_FILES
        rule = PathBeneathAttributes(allowed_access=allowed, parent_fd=handle)
        syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(handle)
