"""TypeScript checks the page's modules; a text that a language lacks is an error, too."""

import shutil
import subprocess

from tests.browser.support.cache import ROOT
from tests.browser.support.npm_packages import TSC, require_package

SETTINGS = ROOT / "tests" / "browser" / "npm" / "tsconfig.json"
# What the compiler found the last time; it checks anew what has changed since.
CHECKED = ROOT / ".cache" / "types.tsbuildinfo"


def test_the_modules_agree_about_their_types() -> None:
    node = shutil.which("node")
    assert node, "expected Node.js on PATH: setup/npm.sh says how to get it"
    command = [node, str(require_package(TSC)), "--project", str(SETTINGS), "--pretty", "false"]
    command += ["--incremental", "--tsBuildInfoFile", str(CHECKED)]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert checked.returncode == 0, checked.stdout
