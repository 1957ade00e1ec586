"""Programs of the tests that make network namespaces, as hosts of their own."""

import asyncio
import shutil
import signal
import sys

import pytest

from tests.paths import ROOT
from tests.waiting import PATIENCE_S


async def run_in_namespaces(
    module: str, *arguments: object, longest_s: float = 2.5 * PATIENCE_S
) -> bytes:
    """Run a module that may make network namespaces; what it prints.

    The test is skipped where nobody may make one.
    """
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("there is no unshare or ip: apt-get install util-linux iproute2")
    program = await asyncio.create_subprocess_exec(
        *("unshare", "-rn", sys.executable, "-m", module, *map(str, arguments)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(longest_s):
            said, errors = await program.communicate()
    finally:
        if program.returncode is None:
            program.send_signal(signal.SIGINT)  # it ends what it has started
            await program.wait()
    if b"unshare failed" in errors or b"Operation not permitted" in errors:
        pytest.skip("this system lets nobody make a network namespace")
    assert program.returncode == 0, errors.decode()[-2000:]
    return said
