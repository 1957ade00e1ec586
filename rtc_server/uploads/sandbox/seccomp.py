"""seccomp: which system calls this process and its threads may make (Linux 3.5; seccomp(2)).

Those that reach beyond the process are refused with EPERM: sockets, other programs, other
processes, mounts, kernel settings, and the owners and modes of files, which Landlock leaves out.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterable

from rtc_server.uploads.sandbox.kernel import (
    AARCH64,
    PR_SET_SECCOMP,
    X86_64,
    architecture,
    prctl,
)

MODE_FILTER = 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
AUDIT_ARCHITECTURE = {X86_64: 0xC000003E, AARCH64: 0xC00000B7}
X32_CALLS = 0x40000000  # numbers from here on are another table on x86_64
CLONE_THREAD = 0x00010000
# Offsets in struct seccomp_data.
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
# Instructions (linux/filter.h): load a word, jump, return.
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06

# Numbers as (x86_64, aarch64), from the kernel's tables; None where there is no such call.
Numbers = tuple[int | None, int | None]
FORBIDDEN: dict[str, Numbers] = {
    **{"socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200)},
    **{"listen": (50, 201), "accept": (43, 202), "accept4": (288, 242)},
    **{"sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269)},
    **{"io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427)},
    **{"execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None)},
    **{"ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271)},
    **{"kcmp": (312, 272), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438)},
    **{"pidfd_send_signal": (424, 424), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138)},
    **{"rt_tgsigqueueinfo": (297, 240), "process_madvise": (440, 440)},
    **{"setpgid": (109, 154), "setsid": (112, 157), "setns": (308, 268), "unshare": (272, 97)},
    **{"setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setattr": (314, 274)},
    **{"sched_setscheduler": (144, 119), "sched_setparam": (142, 118)},
    **{"migrate_pages": (256, 238), "move_pages": (279, 239)},
    **{"chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452)},
    **{"chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54)},
    **{
        "setxattr": (188, 5),
        "lsetxattr": (189, 6),
        "fsetxattr": (190, 7),
        "setxattrat": (463, 463),
    },
    **{"removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16)},
    **{"removexattrat": (466, 466), "file_setattr": (469, 469)},
    **{"truncate": (76, 45), "utime": (132, None), "utimes": (235, None), "futimesat": (261, None)},
    **{"utimensat": (280, 88), "mknod": (133, None), "mknodat": (259, 33)},
    **{"symlink": (88, None), "symlinkat": (266, 36), "link": (86, None), "linkat": (265, 37)},
    **{"name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265)},
    **{"fanotify_init": (300, 262), "mount": (165, 40), "umount2": (166, 39), "chroot": (161, 51)},
    **{"pivot_root": (155, 41), "open_tree": (428, 428), "move_mount": (429, 429)},
    **{"fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433)},
    **{"mount_setattr": (442, 442), "quotactl": (179, 60), "quotactl_fd": (443, 443)},
    **{"swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "reboot": (169, 142)},
    **{"syslog": (103, 116), "sethostname": (170, 161), "setdomainname": (171, 162)},
    **{"settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266)},
    **{"adjtimex": (159, 171), "iopl": (172, None), "ioperm": (173, None)},
    **{"init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106)},
    **{"kexec_load": (246, 104), "kexec_file_load": (320, 294), "bpf": (321, 280)},
    **{"perf_event_open": (298, 241), "userfaultfd": (323, 282)},
    **{"add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219)},
    **{"shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190)},
    **{"semop": (65, 193), "semctl": (66, 191), "msgget": (68, 186), "msgsnd": (69, 189)},
    **{"msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181)},
}
CLONE: Numbers = (56, 220)
CLONE3: Numbers = (435, 435)  # its flags are behind a pointer, which no filter can follow
KILL: Numbers = (62, 129)
TGKILL: Numbers = (234, 131)
PRLIMIT: Numbers = (302, 261)
SCHED_SETAFFINITY: Numbers = (203, 122)


class SockFilterProgram(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def restrict_calls() -> None:
    """Refuse FORBIDDEN calls of this thread and those that it starts, for good.

    :raises OSError: the kernel offers no filter, or not for this processor.
    """
    machine = architecture()
    if machine is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    code = build_filter(machine, os.getpid())
    program = SockFilterProgram(len(code) // 8, code)
    prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program))


def build_filter(machine: str, own_pid: int) -> bytes:
    """The filter as instructions of 8 bytes; other tables of calls (32 bits, x32) are refused."""
    column = (X86_64, AARCH64).index(machine)
    refuse = REFUSE | errno.EPERM
    parts = [
        _instruction(LOAD, ARCHITECTURE),
        _instruction(JUMP_EQUAL, AUDIT_ARCHITECTURE[machine], 1, 0),
        _instruction(RETURN, refuse),
        _instruction(LOAD, NUMBER),
        _instruction(JUMP_AT_LEAST, X32_CALLS, 0, 1),
        _instruction(RETURN, refuse),
    ]
    for numbers in FORBIDDEN.values():
        parts += _when(numbers[column], [_instruction(RETURN, refuse)])
    # The C library falls back to clone, whose flags can be seen.
    parts += _when(CLONE3[column], [_instruction(RETURN, REFUSE | errno.ENOSYS)])
    only_threads = [
        _instruction(LOAD, FIRST_ARGUMENT),
        _instruction(JUMP_BITS, CLONE_THREAD, 1, 0),
        _instruction(RETURN, refuse),
        _instruction(RETURN, ALLOW),
    ]
    parts += _when(CLONE[column], only_threads)
    for numbers in (KILL, TGKILL):
        parts += _when(numbers[column], _only_argument([own_pid]))
    parts += _when(PRLIMIT[column], _only_argument([0, own_pid]))
    parts += _when(SCHED_SETAFFINITY[column], _only_argument([0]))
    parts.append(_instruction(RETURN, ALLOW))
    return b"".join(parts)


def _when(number: int | None, then: list[bytes]) -> list[bytes]:
    """What to do for one call; nothing where the processor's table does not have it."""
    if number is None:
        return []
    return [_instruction(JUMP_EQUAL, number, 0, len(then)), *then]


def _only_argument(allowed: Iterable[int]) -> list[bytes]:
    """Allow a call whose first argument, an int, is one of these, and refuse it otherwise."""
    values = list(allowed)
    jumps = [_instruction(JUMP_EQUAL, value, len(values) - k, 0) for k, value in enumerate(values)]
    return [
        _instruction(LOAD, FIRST_ARGUMENT),
        *jumps,
        _instruction(RETURN, REFUSE | errno.EPERM),
        _instruction(RETURN, ALLOW),
    ]


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
