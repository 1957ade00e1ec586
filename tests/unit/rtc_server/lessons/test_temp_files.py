"""Half-made files and folders: they take their place whole, or nothing of them stays."""

from pathlib import Path

import pytest

from rtc_server.lessons.temp_files import (
    atomic_write,
    move_aside,
    remove_stale_folders,
    temp_folder_beside,
)


def test_a_file_takes_its_place_at_the_end(tmp_path: Path) -> None:
    place = tmp_path / "poses.csv"
    place.write_text("old")
    with atomic_write(place) as part:
        part.write_text("new")
        assert part.suffix == ".csv"
        assert place.read_text() == "old"
    assert place.read_text() == "new"
    assert list(tmp_path.iterdir()) == [place]


def test_a_failed_file_leaves_the_old_one(tmp_path: Path) -> None:
    place = tmp_path / "poses.csv"
    place.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_write(place) as part:
        part.write_text("ne")
        raise KeyboardInterrupt
    assert place.read_text() == "old"
    assert list(tmp_path.iterdir()) == [place]


def test_what_is_not_a_plain_file_is_written_to_and_not_replaced() -> None:
    null = Path("/dev/null")
    with atomic_write(null) as part:
        assert part == null
    assert null.is_char_device()


def test_a_folder_is_gone_unless_renamed(tmp_path: Path) -> None:
    with temp_folder_beside(tmp_path / "dance") as folder:
        (folder / "a").touch()
    assert list(tmp_path.iterdir()) == []
    with temp_folder_beside(tmp_path / "dance") as folder:
        (folder / "a").touch()
        folder.rename(tmp_path / "dance")
    assert [p.name for p in tmp_path.rglob("*")] == ["dance", "a"]


def test_cleaning_spares_a_folder_that_is_being_written(tmp_path: Path) -> None:
    with temp_folder_beside(tmp_path / "dance") as folder:
        (folder / "a").touch()
        remove_stale_folders(tmp_path)
        assert (folder / "a").exists()


def test_cleaning_removes_what_a_dead_maker_left(tmp_path: Path) -> None:
    maker = temp_folder_beside(tmp_path / "dance")
    folder = maker.__enter__()
    left = move_aside(folder.parent)  # as after a crash: there, and nobody's
    maker.__exit__(None, None, None)
    assert left.exists()
    remove_stale_folders(tmp_path)
    assert not left.exists()
