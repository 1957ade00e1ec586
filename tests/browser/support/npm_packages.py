"""What setup/npm.sh fetched for these tests: axe, TypeScript, a font with Korean letters."""

from pathlib import Path

from tests.browser.support.cache import ROOT

FOLDER = ROOT / ".cache" / "npm"
MODULES = FOLDER / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
TSC = MODULES / "typescript" / "bin" / "tsc"
FONTS = MODULES / "@expo-google-fonts" / "noto-sans-kr"  # "Noto Sans KR", which style.css names

# Chromium takes its fonts by fontconfig: those of the machine, and ours.
FONTCONFIG = f"""<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{FONTS}</dir>
</fontconfig>
"""


def fetched(path: Path) -> Path:
    """The path, if it is there.

    :raises FileNotFoundError: it was not fetched.
    """
    if not path.exists():
        raise FileNotFoundError(f"expected {path.relative_to(ROOT)}: run setup/npm.sh once")
    return path


def fontconfig() -> Path:
    """A fontconfig file with our fonts."""
    fetched(FONTS)
    path = FOLDER / "fonts.conf"
    if not path.exists() or path.read_text() != FONTCONFIG:
        path.write_text(FONTCONFIG)
    return path
