"""setup/find_python.sh with a PATH of simulated interpreters."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "setup" / "find_python.sh"
BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="the setup needs bash")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The only folder on the path. It has no apt-get, so that nothing is installed."""
    for name in ("bash", "id"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    return tmp_path


def install_python(folder: Path, name: str, version: str, *, venv: bool = True) -> str:
    """Write a program that answers the script's questions as that Python would."""
    path = folder / name
    answers = f"*version_info*) echo {version} ;; *ensurepip*) exit {int(not venv)} ;;"
    path.write_text(f'#!{BASH}\ncase "$2" in {answers} esac\n')
    path.chmod(0o755)
    return str(path)


def find(folder: Path, *named: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BASH), str(SCRIPT), *named],
        env={"PATH": str(folder)},
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=30,
        check=False,
    )


def test_the_newest_supported_python_is_found(folder: Path) -> None:
    install_python(folder, "python3.11", "3.11")
    newest = install_python(folder, "python3.13", "3.13")
    install_python(folder, "python3.14", "3.14")
    install_python(folder, "python3", "3.12")
    assert find(folder).stdout == newest + "\n"


def test_a_plain_python3_of_a_supported_version_is_found(folder: Path) -> None:
    plain = install_python(folder, "python3", "3.13")
    install_python(folder, "python3.12", "3.12")
    assert find(folder).stdout == plain + "\n"


def test_a_shim_that_fails_is_passed_over(folder: Path) -> None:
    shim = folder / "python3.13"
    shim.write_text(f"#!{BASH}\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    works = install_python(folder, "python3.11", "3.11")
    assert find(folder).stdout == works + "\n"


def test_a_python_without_the_venv_module_is_passed_over(folder: Path) -> None:
    install_python(folder, "python3.13", "3.13", venv=False)
    complete = install_python(folder, "python3.12", "3.12")
    assert find(folder).stdout == complete + "\n"


def test_where_only_the_venv_module_is_missing_the_error_says_so(folder: Path) -> None:
    incomplete = install_python(folder, "python3.13", "3.13", venv=False)
    done = find(folder)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {incomplete} cannot make a virtual environment")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("found", ["3.10", "3.14", None])
def test_where_none_fits_one_sentence_says_what_to_install(folder: Path, found: str | None) -> None:
    if found:
        install_python(folder, "python3", found)
    done = find(folder)
    assert done.returncode == 1
    assert f"expected Python 3.11, 3.12 or 3.13, found {found or 'none'}." in done.stderr
    assert "sudo apt-get install python3-venv" in done.stderr
    assert "brew install" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_python_that_is_named_is_used(folder: Path) -> None:
    install_python(folder, "python3.13", "3.13")
    named = install_python(folder, "mine", "3.11")
    assert find(folder, named).stdout == named + "\n"


@pytest.mark.parametrize(("version", "reason"), [("3.14", "got 3.14"), ("", "does not run")])
def test_a_named_python_that_does_not_fit_is_refused(
    folder: Path, version: str, reason: str
) -> None:
    install_python(folder, "python3.13", "3.13")
    done = find(folder, install_python(folder, "mine", version))
    assert done.returncode == 1
    assert reason in done.stderr
    assert "leave PYTHON out" in done.stderr


def test_the_scripts_and_pyproject_name_the_same_versions() -> None:
    supported = {"3.11", "3.12", "3.13"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    for name in ("find_python.sh", "python.sh"):
        script = (ROOT / "setup" / name).read_text()
        assert supported <= set(re.findall(r"\b3\.\d\d\b", script)), name
    versions = re.search(r'^versions="(.*)"', SCRIPT.read_text(), re.MULTILINE)
    assert versions is not None and set(versions[1].split()) == supported
