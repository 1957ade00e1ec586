"""The page's modules as TypeScript sees them: a missing word of a language is an error, too."""

import shutil
import subprocess
from pathlib import Path

from tests.browser.support.npm_packages import TSC, fetched

SETTINGS = Path(__file__).parent / "npm" / "tsconfig.json"


def test_the_modules_agree_about_their_types() -> None:
    node = shutil.which("node")
    assert node, "expected Node.js on PATH: setup/npm.sh says how to get it"
    command = [node, str(fetched(TSC)), "--project", str(SETTINGS), "--pretty", "false"]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert checked.returncode == 0, checked.stdout
