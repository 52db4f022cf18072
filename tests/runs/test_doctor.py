from stillwatch.runs import doctor


def test_this_machine_is_fit(tmp_path):
    checks = {check.name: check for check in doctor.check(tmp_path)}
    assert set(checks) == {"python", "work folder", "kernels", "signals", "formats"}
    assert all(check.ok for check in checks.values())
    assert "GiB free" in checks["work folder"].detail


def test_a_folder_that_is_not_there_is_not_fit(tmp_path):
    checks = {check.name: check for check in doctor.check(tmp_path / "none")}
    assert not checks["work folder"].ok
    assert checks["python"].ok
