from pathlib import Path

import pytest

from stillwatch.engine import kernels
from stillwatch.runs import doctor


def test_this_machine_is_fit(tmp_path):
    checks = {check.name: check for check in doctor.check(tmp_path)}
    assert set(checks) == {"python", "work folder", "kernels", "kernel cache", "signals", "formats"}
    assert all(check.ok for check in checks.values())
    assert "GiB free" in checks["work folder"].detail


def test_a_folder_that_is_not_there_is_not_fit(tmp_path):
    checks = {check.name: check for check in doctor.check(tmp_path / "none")}
    assert not checks["work folder"].ok
    assert checks["python"].ok


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ((Path("/x/__pycache__"), True), "/x/__pycache__"),
        ((Path("/tmp/k"), False), "/tmp/k, for the time being: this user has no cache folder; set HOME or"),
        ((None, False), "every process compiles the kernels anew"),
    ],
)
def test_it_tells_where_kernels_are_kept(monkeypatch, found, told):
    monkeypatch.setattr(kernels, "cache_folder", lambda: found)
    (check,) = [check for check in doctor.check() if check.name == "kernel cache"]
    assert check.ok
    assert told in check.detail


def test_a_check_that_breaks_is_told_with_its_cause(monkeypatch):
    def broken():
        raise KeyError("odd")

    monkeypatch.setattr(doctor.signals, "load", broken)
    checks = {check.name: check for check in doctor.check()}
    assert (checks["signals"].ok, checks["signals"].detail) == (False, "KeyError: 'odd'")
