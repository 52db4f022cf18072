"""Files of a path, a folder or a glob; nothing is left out without a word."""

import os
from pathlib import Path

import pytest

from stillwatch.errors import InputError
from stillwatch.ingest.sources.local.local_files import files_named, is_hidden


@pytest.fixture
def folder(tmp_path):
    for name in ("b.jsonl", "a.jsonl", "deep/c.jsonl", ".hidden/d.jsonl", "_tmp/e.jsonl", "lost+found/f"):
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n")
    return tmp_path / "logs"


def _named(name):
    notices = []
    _, files = files_named(str(name), notices)
    return [path.name for path in files], notices


def test_a_folder_gives_its_files_and_those_below_sorted(folder):
    assert _named(folder) == (["a.jsonl", "b.jsonl", "c.jsonl"], [])
    assert _named(folder / "deep" / "c.jsonl") == (["c.jsonl"], [])
    assert _named(folder / "*.jsonl") == (["a.jsonl", "b.jsonl"], [])


def test_what_is_left_out_is_told(folder, tmp_path):
    (tmp_path / "other").mkdir()
    (folder / "linked").symlink_to(tmp_path / "other")
    (folder / "broken").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe")
    files, notices = _named(folder)
    assert files == ["a.jsonl", "b.jsonl", "c.jsonl"]
    assert [notice.split(":")[0] for notice in notices] == [
        "1 linked folder was left out",
        "2 broken links or special files were left out",
    ]
    files, [notice] = _named(folder / "[bd]*")
    assert files == ["b.jsonl"]
    assert notice.startswith("1 matching folder was left out")


@pytest.mark.parametrize("name", ["missing.jsonl", "*.nothing", "~nobody-of-this-name/x"])
def test_what_is_not_there_is_an_error_that_says_what_to_do(folder, name):
    with pytest.raises(InputError) as found:
        files_named(name if name.startswith("~") else str(folder / name), [])
    assert found.value.remedy


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(InputError, match="holds no files"):
        files_named(str(tmp_path), [])


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_read_is_an_error(folder):
    (folder / "deep").chmod(0)
    with pytest.raises(InputError, match="cannot be opened"):
        files_named(str(folder), [])


@pytest.mark.parametrize(
    ("path", "hidden"), [("a/b.jsonl", False), ("a/.b", True), ("_x/b", True), ("lost+found/b", True)]
)
def test_hidden_is_a_dot_or_an_underscore_anywhere(path, hidden):
    assert is_hidden(Path(path)) is hidden
