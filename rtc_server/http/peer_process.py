"""Which process of this machine is at the other end of a loopback connection (Linux).

A proxy that adds no header is like a browser in everything that it sends. The kernel knows who it
is: the owner of each socket is in /proc/net/tcp, its process in /proc/<pid>/fd. See SECURITY.md.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

Address = tuple[str, int]

PROC = Path("/proc")
LISTEN = "0A"  # include/net/tcp_states.h


@dataclass(frozen=True, slots=True)
class SocketEntry:
    """A TCP socket of this machine; addresses as in /proc/net/tcp."""

    local: str
    remote: str
    state: str
    uid: int
    inode: int

    @property
    def local_port(self) -> str:
        return self.local.rpartition(":")[2]

    @property
    def is_public_listener(self) -> bool:
        """Whether other machines can connect to it."""
        return self.state == LISTEN and not _is_loopback(self.local.rpartition(":")[0])


def is_own_program(peer: Address, own: Address, proc: Path = PROC) -> bool:
    """Whether the other end is a program of this process's user that other machines do not reach.

    Where the kernel does not tell, the answer is no.

    :param peer: address and port at the other end of a connection.
    :param own: address and port of this end.
    :param proc: where the proc file system is.
    """
    tables = _Tables(proc)
    held = _find_sockets_of_peer(tables, peer, own)
    # Also the port of a connection that was accepted: the process that listens may be another one.
    ports = {entry.local_port for entry in tables.sockets() if entry.is_public_listener}
    return held is not None and not any(entry.local_port in ports for entry in held)


def is_own_client(peer: Address, own: Address, proc: Path = PROC) -> bool:
    """Whether the other end is such a program, and also serves nobody on this machine now.

    A process that holds a connection which it accepted may be a proxy.
    """
    tables = _Tables(proc)
    held = _find_sockets_of_peer(tables, peer, own)
    if held is None:
        return False
    ports = {entry.local_port for entry in tables.sockets() if entry.state == LISTEN}
    return not any(
        entry.is_public_listener or (entry.state != LISTEN and entry.local_port in ports)
        for entry in held
    )


class _Tables:
    """The kernel's tables of TCP sockets, each read when it is needed and once: that takes 4 ms."""

    def __init__(self, proc: Path) -> None:
        self.proc = proc

    @cached_property
    def ipv4(self) -> str:
        return self._read("tcp")

    @cached_property
    def ipv6(self) -> str:
        return self._read("tcp6")

    def _read(self, name: str) -> str:
        try:
            return (self.proc / "net" / name).read_text()
        except OSError:  # no Linux
            return ""

    def find(self, peer: Address, own: Address) -> SocketEntry | None:
        """The other end of a connection.

        The kernel gives a table in pieces, and what comes and goes meanwhile can hide a line.
        """
        if (found := self._find_once(peer, own)) is None:
            for name in ("ipv4", "ipv6"):
                self.__dict__.pop(name, None)  # to be read anew
            found = self._find_once(peer, own)
        return found

    def _find_once(self, peer: Address, own: Address) -> SocketEntry | None:
        ends = [
            f" {_to_table(*peer, mapped=mapped)} {_to_table(*own, mapped=mapped)} "
            for mapped in (False, True)
        ]
        for family in ("ipv4", "ipv6"):
            for line in getattr(self, family).splitlines():
                if any(end in line for end in ends):
                    return _parse(line)
        return None

    def sockets(self) -> Iterator[SocketEntry]:
        """Every socket that a process holds; not those in TIME_WAIT and the like."""
        for line in (*self.ipv4.splitlines()[1:], *self.ipv6.splitlines()[1:]):
            if (entry := _parse(line)).inode:
                yield entry


def _parse(line: str) -> SocketEntry:
    _, local, remote, state, _, _, _, uid, _, inode, *_ = line.split()
    return SocketEntry(local, remote, state, int(uid), int(inode))


def _find_sockets_of_peer(tables: _Tables, peer: Address, own: Address) -> list[SocketEntry] | None:
    """What else the process at the other end holds; None where that is no process of this user."""
    found = tables.find(peer, own)
    if found is None or found.uid != os.geteuid() or not found.inode:
        return None
    processes = _read_processes(tables.proc, found.uid)
    holders = {pid: inodes for pid, inodes in processes if found.inode in inodes}
    if not holders:
        return None
    # A server never connects to itself, but tests have server and client in one process. A process
    # that it is just starting has all its sockets until it runs its own program, which it may have
    # begun since the first look.
    others = (
        inodes
        for pid, inodes in holders.items()
        if pid != os.getpid()
        and not _is_being_started(tables.proc, pid)
        and _holds(tables.proc, pid, found.inode)
    )
    inodes = set().union(*others) - {found.inode}
    return [entry for entry in tables.sockets() if entry.inode in inodes]


def _read_processes(proc: Path, uid: int) -> Iterator[tuple[int, set[int]]]:
    """The ids of a user's processes, and the sockets that each of them holds."""
    for folder in os.scandir(proc):
        try:
            if folder.name.isdecimal() and folder.stat().st_uid == uid:
                yield int(folder.name), set(_read_inodes(f"{folder.path}/fd"))
        except OSError:  # it ended meanwhile, or does not let itself be looked at
            continue


def _holds(proc: Path, pid: int, inode: int) -> bool:
    """Whether a process holds a socket now."""
    try:
        return inode in _read_inodes(f"{proc}/{pid}/fd")
    except OSError:  # it ended meanwhile
        return False


def _is_being_started(proc: Path, pid: int) -> bool:
    """Whether a process is a child of this one that does not run a program of its own yet."""
    try:
        status = (proc / str(pid) / "stat").read_text()
        same, own = ((proc / str(one) / "cmdline").read_bytes() for one in (pid, os.getpid()))
    except OSError:
        return False
    parent = int(status.rpartition(")")[2].split()[1])  # proc(5); a name may contain anything
    return parent == os.getpid() and same == own


def _read_inodes(folder: str) -> Iterator[int]:
    for entry in os.scandir(folder):
        try:
            link = os.readlink(entry.path)  # noqa: PTH115  a Path takes three times as long
        except OSError:  # closed meanwhile
            continue
        if link.startswith("socket:["):
            yield int(link[8:-1])


def _to_table(address: str, port: int, *, mapped: bool) -> str:
    """An address and a port as /proc/net/tcp writes them; `mapped`: IPv4 in an IPv6 socket."""
    ip = ip_address(address)
    if mapped and isinstance(ip, IPv4Address):
        ip = IPv6Address(f"::ffff:{ip}")
    words = (ip.packed[k : k + 4] for k in range(0, len(ip.packed), 4))
    text = "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
    return f"{text}:{port:04X}"


def _is_loopback(text: str) -> bool:
    """Whether an address of the table is one of this machine only."""
    words = (int(text[k : k + 8], 16) for k in range(0, len(text), 8))
    ip = ip_address(b"".join(word.to_bytes(4, sys.byteorder) for word in words))
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (mapped or ip).is_loopback
