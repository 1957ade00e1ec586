"""The real server in its own process."""

import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from urllib.request import urlopen

from tests.browser.support.cache import ROOT

READY = re.compile(r"Tandem is ready: (https?://\S+)")
ANY_CERTIFICATE = ssl._create_unverified_context()
ELSEWHERE = "tandem.example"  # a name that browsers of the tests can be led to
COMMAND = [sys.executable, "-m", "tests.quick_server", "serve"]
COUNT_DOWN_S = 1  # so that a lesson begins sooner; the server's own default is Config.countdown_s
STARTS_WITHIN_S = 120
STOPS_WITHIN_S = 15


class Server:
    """`serve` until it is stopped; `url` has no slash at its end."""

    def __init__(
        self, lessons: Path, *flags: str, port: int = 0, countdown_s: int = COUNT_DOWN_S
    ) -> None:
        command = [*COMMAND, "--port", str(port), "--lessons", str(lessons), *flags]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ
            | {
                "PYTHONUNBUFFERED": "1",
                "TANDEM_PUBLIC_HOSTS": ELSEWHERE,
                "TANDEM_COUNTDOWN_S": str(countdown_s),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self._address: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = self._wait()
        self._until_ready()

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            if match := READY.search(line):
                self._address.put(match[1].rstrip("/"))
        self._address.put("")

    def _wait(self) -> str:
        try:
            url = self._address.get(timeout=STARTS_WITHIN_S)
        except Empty:
            url = ""
        if not url:
            self.kill()
            raise RuntimeError(f"expected {READY.pattern!r} from the server, got:\n{self.output}")
        return url

    def _until_ready(self) -> None:
        deadline_s = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < deadline_s and self.process.poll() is None:
            with (
                suppress(OSError),
                urlopen(f"{self.url}/readyz", timeout=5, context=ANY_CERTIFICATE),
            ):
                return
            time.sleep(0.2)
        self.kill()
        raise RuntimeError(f"expected 200 from /readyz, got:\n{self.output}")

    @property
    def output(self) -> str:
        return "".join(self.said)

    def terminate(self) -> int:
        """Stop it as an operator would; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._gone()

    def kill(self) -> int:
        """Kill it, as a power cut would; returns its exit status."""
        self.process.kill()
        return self._gone()

    def _gone(self) -> int:
        status = self.process.wait(STOPS_WITHIN_S)
        self._reader.join(STOPS_WITHIN_S)
        assert self.process.stdout
        self.process.stdout.close()
        return status


@contextmanager
def run_server(
    lessons: Path, *flags: str, port: int = 0, countdown_s: int = COUNT_DOWN_S
) -> Iterator[Server]:
    """A server that is always stopped at the end."""
    server = Server(lessons, *flags, port=port, countdown_s=countdown_s)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()
