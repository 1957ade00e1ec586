"""The bundled scripts of the page, made and compressed once for each state of its files."""

from __future__ import annotations

import gzip
import hashlib
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rtc_server.http.page.bundle import make_bundle
from rtc_server.http.page.signature import Signature, sign_files

MODULES = "js/"  # where they are, in the page's folder
BUNDLING = threading.Lock()  # it takes 0.2 s: many first visitors at once wait for one script
ENTRIES = ("main.js", "camera/main.js")  # the page's and the phone's


@dataclass(frozen=True, slots=True)
class SentFile:
    """`packed` is `plain` compressed by gzip; `etag` names its contents."""

    plain: bytes
    packed: bytes
    etag: str


def read_script(folder: Path, name: str) -> SentFile | None:
    """A script of ENTRIES, or its source map (`name` with `.map`); None for any other name.

    :param folder: the page's.
    :raises BadModule: a module cannot be bundled.
    """
    entry = name.removesuffix(".map")
    if entry not in ENTRIES:
        return None
    signature = sign_files(folder)
    with BUNDLING:
        script, source_map = _read_pair(folder, entry, signature)
    return script if name == entry else source_map


@lru_cache(maxsize=len(ENTRIES))
def _read_pair(folder: Path, entry: str, _: Signature) -> tuple[SentFile, SentFile]:
    bundle = make_bundle(folder, MODULES + entry)
    return _pack(bundle.script), _pack(bundle.source_map)


def _pack(text: str) -> SentFile:
    plain = text.encode()
    return SentFile(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:20])
