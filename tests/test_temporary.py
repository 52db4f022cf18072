"""Folders that end with their block, or with the process."""

import pytest

from stillwatch.temporary import delete_all, temporary_folder


def test_a_folder_ends_with_its_block_and_only_its_owner_reads_it(tmp_path):
    with temporary_folder(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "log").write_text("what was asked")
    assert not folder.exists()


def test_a_folder_ends_where_the_block_fails_and_where_it_was_deleted_before(tmp_path):
    with pytest.raises(ValueError, match="in the block"), temporary_folder(tmp_path) as folder:
        raise ValueError("in the block")
    assert not folder.exists()
    with temporary_folder(tmp_path) as folder:
        folder.rmdir()


def test_all_that_are_left_are_deleted_at_once(tmp_path):
    with temporary_folder(tmp_path) as first, temporary_folder(tmp_path) as second:
        (first / "log").write_text("what was asked")
        delete_all()
        assert not first.exists()
        assert not second.exists()


def test_a_place_without_room_for_it_is_an_error(tmp_path):
    with pytest.raises(OSError, match="missing"), temporary_folder(tmp_path / "missing"):
        pass
