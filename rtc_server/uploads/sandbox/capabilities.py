"""Gives up what only root may do (capabilities(7)), for a server that runs as root."""

from __future__ import annotations

import ctypes

from rtc_server.uploads.sandbox.kernel import X86_64, architecture, syscall

CAPSET = {X86_64: 126}  # on all others 91
CAPSET_ELSEWHERE = 91
VERSION_3 = 0x20080522
# Files of other users can still be read and written, where Landlock lets this process at all: root
# often serves a checkout that belongs to somebody else.
KEPT = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class CapabilityHeader(ctypes.Structure):
    """struct __user_cap_header_struct"""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class CapabilityData(ctypes.Structure):
    """struct __user_cap_data_struct"""

    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def drop_capabilities() -> None:
    """Keep none but KEPT; a process without any stays as it is.

    :raises OSError: the kernel refuses.
    """
    machine = architecture()
    if machine is None:
        return
    header = CapabilityHeader(VERSION_3, 0)
    capset = CAPSET.get(machine, CAPSET_ELSEWHERE)
    held = (CapabilityData * 2)()
    syscall(capset - 1, ctypes.byref(header), ctypes.byref(held))  # capget
    kept = (CapabilityData * 2)(CapabilityData(*(2 * [held[0].permitted & KEPT]), 0))
    syscall(capset, ctypes.byref(header), ctypes.byref(kept))
