"""Which engine a run opens."""

import sys

import pytest

from stillwatch import runs
from stillwatch.errors import SettingsError
from stillwatch.settings import load


def test_an_engine_that_cannot_start_leaves_no_work_behind(log, tmp_path, monkeypatch):
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setitem(sys.modules, "py4j", None)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.delitem(sys.modules, "stillwatch.engine.spark", raising=False)
    with pytest.raises(SettingsError, match="not installed"):
        runs.scan([log], tmp_path / "out", settings=load(environment={}, engine__kind="spark"), work=work)
    assert list(work.iterdir()) == []
