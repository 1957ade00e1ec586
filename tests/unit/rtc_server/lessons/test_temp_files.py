"""Temporary files and folders replace the final ones when complete, or are removed."""

from pathlib import Path

import pytest

from rtc_server.lessons.temp_files import (
    atomic_write,
    move_aside,
    remove_stale_folders,
    temp_folder_beside,
)


def test_a_file_replaces_the_old_one_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "poses.csv"
    path.write_text("old")
    with atomic_write(path) as temp:
        temp.write_text("new")
        assert temp.suffix == ".csv"
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_file_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "poses.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_write(path) as temp:
        temp.write_text("ne")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_is_written_to_and_not_replaced() -> None:
    null = Path("/dev/null")
    with atomic_write(null) as temp:
        assert temp == null
    assert null.is_char_device()


def test_a_folder_is_gone_unless_renamed(tmp_path: Path) -> None:
    with temp_folder_beside(tmp_path / "dance") as folder:
        (folder / "a").touch()
    assert list(tmp_path.iterdir()) == []
    with temp_folder_beside(tmp_path / "dance") as folder:
        (folder / "a").touch()
        folder.rename(tmp_path / "dance")
    assert [p.name for p in tmp_path.rglob("*")] == ["dance", "a"]


def test_a_folder_that_is_being_written_is_not_stale(tmp_path: Path) -> None:
    with temp_folder_beside(tmp_path / "dance") as folder:
        (folder / "a").touch()
        remove_stale_folders(tmp_path)
        assert (folder / "a").exists()


def test_a_folder_whose_process_has_ended_is_removed(tmp_path: Path) -> None:
    process = temp_folder_beside(tmp_path / "dance")
    folder = process.__enter__()
    left = move_aside(folder.parent)  # as after a crash: it exists, and nobody has locked it
    process.__exit__(None, None, None)
    assert left.exists()
    remove_stale_folders(tmp_path)
    assert not left.exists()
