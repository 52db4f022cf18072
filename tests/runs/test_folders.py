"""Work folders and result folders of a run."""

import pytest

from stillwatch import runs
from stillwatch.errors import EngineError, InputError
from stillwatch.settings import Settings


def test_work_is_removed_when_a_scan_fails(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(InputError):
        runs.scan([str(tmp_path / "none")], tmp_path / "out", settings=Settings(), work=work)
    assert list(work.iterdir()) == []


def test_a_work_folder_that_cannot_be_made_is_named(log, tmp_path):
    with pytest.raises(EngineError, match="--work"):
        runs.scan([log], tmp_path / "out", settings=Settings(), work=tmp_path / "missing")


def test_an_out_folder_that_cannot_be_made_is_named(log, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EngineError, match="--out"):
        runs.scan([log], tmp_path / "file" / "out", settings=Settings())
