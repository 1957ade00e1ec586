"""The npm packages that setup/npm.sh installs for these tests: axe, TypeScript, a Korean font."""

from pathlib import Path

from tests.browser.support.cache import ROOT

FOLDER = ROOT / ".cache" / "npm"
MODULES = FOLDER / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
TSC = MODULES / "typescript" / "bin" / "tsc"
FONTS = MODULES / "@expo-google-fonts" / "noto-sans-kr"  # "Noto Sans KR", which style.css names

# Chromium finds fonts through fontconfig: those of the machine, and ours.
FONTCONFIG = f"""<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{FONTS}</dir>
</fontconfig>
"""


def require_package(path: Path) -> Path:
    """The path of an installed file.

    :raises FileNotFoundError: it was not require_package.
    """
    if not path.exists():
        raise FileNotFoundError(f"expected {path.relative_to(ROOT)}: run setup/npm.sh once")
    return path


def fontconfig() -> Path:
    """The path of a fontconfig file that includes our fonts."""
    require_package(FONTS)
    path = FOLDER / "fonts.conf"
    if not path.exists() or path.read_text() != FONTCONFIG:
        path.write_text(FONTCONFIG)
    return path
