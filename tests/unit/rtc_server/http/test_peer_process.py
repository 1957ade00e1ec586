"""Who is at the other end of a connection, told by a made-up /proc of a machine with one server."""

import os
import sys
from pathlib import Path

import pytest

from rtc_server.http.peer_process import is_own_client, is_own_program

OWN, PEER = ("127.0.0.1", 8080), ("127.0.0.1", 40000)
UID = os.geteuid()
LISTENS, CONNECTED = "0A", "01"
V6_ANY, V6_LOOPBACK = "0" * 32, "00000000000000000000000001000000"


class Machine:
    """A proc file system; addresses are written as on a little-endian machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "net").mkdir()
        self._lines = ["  sl  local_address rem_address   st …"]
        self._lines6 = ["  sl  local_address rem_address   st …"]
        self.add("0100007F:1F90", "00000000:0000", 1, state=LISTENS)  # the server
        self.add("0100007F:1F90", "0100007F:9C40", 2)

    def add(
        self, local: str, remote: str, inode: int, *, state: str = CONNECTED, uid: int = UID
    ) -> None:
        lines = self._lines if len(local) == 13 else self._lines6
        lines.append(f"   0: {local} {remote} {state} 0:0 00:0 0 {uid} 0 {inode} 1 0 100 0 0 10 0")
        (self.root / "net" / "tcp").write_text("\n".join(self._lines) + "\n")
        (self.root / "net" / "tcp6").write_text("\n".join(self._lines6) + "\n")

    def start(self, pid: int, *inodes: int, parent: int = 1, program: str = "") -> None:
        folder = self.root / str(pid) / "fd"
        folder.mkdir(parents=True)
        stat = f"{pid} (a (name) of 2 words) S {parent} 5 5 0\n"
        (folder.parent / "stat").write_text(stat)
        (folder.parent / "cmdline").write_text(f"{program}\0")
        (folder / "0").symlink_to("/dev/null")
        for inode in inodes:
            (folder / str(inode)).symlink_to(f"socket:[{inode}]")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if sys.byteorder != "little":
        pytest.skip("addresses are written as on a little-endian machine")
    machine = Machine(tmp_path)
    machine.start(10, 1, 2)
    return machine


def is_client(machine: Machine, peer: tuple[str, int] = PEER, own: tuple[str, int] = OWN) -> bool:
    found = is_own_client(peer, own, machine.root)
    if found:
        assert is_own_program(peer, own, machine.root)
    return found


def test_a_program_of_the_servers_user_is_a_client(machine: Machine) -> None:
    machine.add("0100007F:9C40", "0100007F:1F90", 3)
    machine.add("0500000A:9C41", "07004EC6:01BB", 4)  # a browser talks to others, too
    machine.add("0100007F:2328", "00000000:0000", 5, state=LISTENS)
    machine.start(11, 3, 4, 5)
    assert is_client(machine)


def test_a_line_that_a_table_hides_once_is_found_in_the_next(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel gives a table in pieces, while other sockets come and go."""
    machine.add("0100007F:9C40", "0100007F:1F90", 3)
    machine.start(20, 3)
    read, times = Path.read_text, []

    def read_text(path: Path) -> str:
        text = read(path)
        if path.name != "tcp":
            return text
        times.append(path)
        return text if len(times) > 1 else text.partition("\n")[0]

    monkeypatch.setattr(Path, "read_text", read_text)
    assert is_own_client(PEER, OWN, machine.root)
    assert len(times) == 2


def test_ipv4_in_an_ipv6_socket_is_found(machine: Machine) -> None:
    mapped = "0000000000000000FFFF00000100007F"
    machine.add(f"{mapped}:9C40", f"{mapped}:1F90", 3)
    machine.start(11, 3)
    assert is_client(machine)


def test_ipv6_is_found(machine: Machine) -> None:
    machine.add(f"{V6_LOOPBACK}:9C40", f"{V6_LOOPBACK}:1F90", 3)
    machine.start(11, 3)
    assert is_client(machine, ("::1", 40000), ("::1", 8080))


def test_another_user_is_no_client(machine: Machine) -> None:
    """As a proxy that was installed by a package, which runs as a user of its own."""
    machine.add("0100007F:9C40", "0100007F:1F90", 3, uid=UID + 1)
    machine.start(11, 3)
    assert not is_client(machine)
    assert not is_own_program(PEER, OWN, machine.root)


@pytest.mark.parametrize(
    ("local", "remote"),
    [
        ("00000000:01BB", "00000000:0000"),
        ("0500000A:01BB", "00000000:0000"),
        (f"{V6_ANY}:01BB", f"{V6_ANY}:0000"),
    ],
)
def test_a_process_that_other_machines_reach_is_no_client(
    machine: Machine, local: str, remote: str
) -> None:
    machine.add("0100007F:9C40", "0100007F:1F90", 3)
    machine.add(local, remote, 5, state=LISTENS)
    machine.start(11, 3, 5)
    assert not is_client(machine)
    assert not is_own_program(PEER, OWN, machine.root)


def test_a_process_that_its_parent_made_for_a_visitor_is_no_client(machine: Machine) -> None:
    """As of a relay that forks: the parent listens, the child has the visitor's connection."""
    machine.add("0100007F:9C40", "0100007F:1F90", 3)
    machine.add("00000000:01BB", "00000000:0000", 4, state=LISTENS)
    machine.add("0500000A:01BB", "076433C6:D903", 5)
    machine.start(11, 4)
    machine.start(12, 3, 5)
    assert not is_client(machine)
    assert not is_own_program(PEER, OWN, machine.root)


@pytest.mark.parametrize(
    ("local", "remote", "state"),
    [
        ("0500000A:01BB", "076433C6:D903", CONNECTED),
        ("0100007F:01BB", "0100007F:D903", CONNECTED),
        ("0100007F:01BB", "0100007F:D903", "08"),  # the visitor has sent its last byte
    ],
)
def test_a_process_that_serves_others_is_no_client(
    machine: Machine, local: str, remote: str, state: str
) -> None:
    machine.add("0100007F:9C40", "0100007F:1F90", 3)
    machine.add("0100007F:01BB", "00000000:0000", 4, state=LISTENS)
    machine.add(local, remote, 5, state=state)
    machine.start(11, 3, 4, 5)
    assert not is_client(machine)
    assert is_own_program(PEER, OWN, machine.root)


def test_a_connection_that_a_relay_shares_with_others_is_the_relays(machine: Machine) -> None:
    machine.add("0100007F:9C40", "0100007F:1F90", 3)
    machine.add("00000000:01BB", "00000000:0000", 4, state=LISTENS)
    machine.start(11, 3)
    machine.start(12, 3, 4)
    assert not is_client(machine)


def test_a_process_that_the_server_is_starting_is_nobodys(machine: Machine) -> None:
    """It has all of the server's sockets for a moment, also of a client in the same process."""
    machine.add("0100007F:9C40", "0100007F:1F90", 3)
    machine.start(os.getpid(), 1, 2, 3)
    machine.start(11, 1, 2, 3, parent=os.getpid())
    assert is_client(machine)
    machine.start(12, 1, 2, 3, parent=os.getpid(), program="proxy")
    assert not is_client(machine)


def test_a_process_that_has_started_since_the_first_look_is_nobodys(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.add("0100007F:9C40", "0100007F:1F90", 3)
    machine.start(os.getpid(), 1, 2, 3)
    machine.start(11, 1, 2, 3, parent=os.getpid())

    def start_now(proc: Path, pid: int) -> bool:
        for entry in (proc / str(pid) / "fd").iterdir():
            entry.unlink()
        return False

    monkeypatch.setattr("rtc_server.http.peer_process._is_being_started", start_now)
    assert is_client(machine)


def test_what_the_kernel_does_not_tell_is_no_client(machine: Machine, tmp_path: Path) -> None:
    assert not is_client(machine)  # no such connection
    machine.add("0100007F:9C40", "0100007F:1F90", 3)
    assert not is_client(machine)  # nobody holds it
    assert not is_own_client(PEER, OWN, tmp_path / "none")  # no Linux
