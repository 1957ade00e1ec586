"""The page's own files as one version, which the service worker keeps for times without network."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rtc_server.http.page.signature import Signature, sign_files
from rtc_server.http.security_headers import PAGE_POLICY

WORKER = "service_worker.js"
SCRIPT = "/static/bundle/main.js"  # stands for all modules that the page imports


@dataclass(frozen=True, slots=True)
class PageShell:
    """`files` are the addresses of all that the page is made of; `version` is a hash of it."""

    version: str
    files: tuple[str, ...]


def read_service_worker(folder: Path) -> bytes:
    """The service worker of the page in `folder`; other files of the page make it another script.

    Browsers compare the script with the one that they run, byte by byte, at each visit.
    """
    shell = read_shell(folder)
    head = json.dumps({"version": shell.version, "files": shell.files})
    return f"self.SHELL = {head};\n".encode() + (folder / WORKER).read_bytes()


def read_shell(folder: Path) -> PageShell:
    """The files of the page in `folder`."""
    return _hash(folder, sign_files(folder))


@lru_cache(maxsize=1)
def _hash(folder: Path, signature: Signature) -> PageShell:
    digest = hashlib.sha256(PAGE_POLICY.encode())  # it is kept with the page
    for name, _, _ in signature:
        content = (folder / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    names = [name for name, _, _ in signature if not name.endswith((".js", ".html"))]
    files = ("/", SCRIPT, *(f"/static/{name}" for name in names))
    return PageShell(digest.hexdigest()[:20], files)
