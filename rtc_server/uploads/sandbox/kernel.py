"""Linux system calls that Python has no function for. Where they do not exist, they fail.

Landlock's and capset's numbers are those of every architecture that is listed here.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys

X86_64, AARCH64 = "x86_64", "aarch64"
ARCHITECTURES = (X86_64, AARCH64)
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22


def architecture() -> str | None:
    """The processor as Linux names it, if this module knows its system calls; else None."""
    machine = platform.machine()
    is_64_bit = sys.maxsize > 1 << 32
    return machine if sys.platform == "linux" and is_64_bit and machine in ARCHITECTURES else None


def syscall(number: int, *arguments: object) -> int:
    """Call the kernel.

    :raises OSError: it refuses.
    """
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = _libc().syscall(ctypes.c_long(number), *wide)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def prctl(option: int, *arguments: object) -> None:
    """Change something about this process.

    :raises OSError: the kernel refuses.
    """
    wide = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    wide += [ctypes.c_ulong(0)] * (4 - len(wide))
    if _libc().prctl(ctypes.c_int(option), *wide) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def forbid_new_rights() -> None:
    """Let no program that is started from here on gain rights (setuid); needed by what follows.

    :raises OSError: the kernel refuses.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
