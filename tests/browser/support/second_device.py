"""Another device in the same network: a network namespace, joined to this machine by a cable."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.support.chromium import find_chromium

AUTHORITIES = ".pki/nssdb"  # where Chromium on Linux looks for authorities of the user's


@dataclass(frozen=True, slots=True)
class SecondDevice:
    """Its browser, and its home folder."""

    browser: Path
    home: Path

    def install(self, authority: bytes) -> bool:
        """Have its browser trust an authority, as its owner would; False: this needs certutil."""
        if shutil.which("certutil") is None:
            return False
        folder, file = self.home / AUTHORITIES, self.home / "ca.crt"
        folder.mkdir(parents=True)
        file.write_bytes(authority)
        for words in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "t", "-i", str(file)]):
            subprocess.run(["certutil", "-d", f"sql:{folder}", *words], check=True)
        return True


@contextmanager
def second_device(folder: Path) -> Iterator[SecondDevice | None]:
    """The device, whose way to everywhere is this machine; None: this user may make none.

    :param folder: for its files; empty.
    """
    name = f"tandem{os.getpid()}"
    network = f"10.231.{os.getpid() % 250}"
    if not _make_namespace(name):
        yield None
        return
    try:
        _run(f"link add {name}a type veth peer name {name}b netns {name}")
        _run(f"addr add {network}.1/24 dev {name}a")
        _run(f"link set {name}a up")
        _run(f"-n {name} addr add {network}.2/24 dev {name}b")
        _run(f"-n {name} link set {name}b up")
        _run(f"-n {name} route add default via {network}.1")
        browser = folder / "browser"
        browser.write_text(f'#!/bin/sh\nexec ip netns exec {name} "{find_chromium()}" "$@"\n')
        browser.chmod(0o755)
        yield SecondDevice(browser, folder)
    finally:
        _run(f"netns delete {name}")  # and the cable with it


def _make_namespace(name: str) -> bool:
    """Make a network namespace; False where this user may make none, or cannot enter it."""
    try:
        _run(f"netns add {name}")
    except (OSError, subprocess.CalledProcessError):
        return False
    try:
        _run(f"-n {name} link set lo up")
    except subprocess.CalledProcessError:  # as in a changed root
        _run(f"netns delete {name}")
        return False
    return True


def _run(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)
