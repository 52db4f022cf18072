"""What the desk takes from a finished scan, and from logs."""

import pytest

from stillwatch import cases
from stillwatch.cases.queries import scan_diff
from stillwatch.cases.store import audit
from stillwatch.errors import InputError, PolicyError
from stillwatch.runs import case_intake
from stillwatch.settings import load


def test_a_scan_becomes_cases_once(tmp_path, make_scan, three):
    chosen = load(environment={}, cases__database=f"sqlite:///{tmp_path}/cases.db")
    folder = make_scan(tmp_path / "march", three)
    by = cases.Actor("ann", cases.Role.ANALYST)
    assert case_intake.open_cases(folder, settings=chosen, by=by).opened == (1, 2)
    assert case_intake.open_cases(folder, settings=chosen, by=by).is_new is False
    with cases.Desk(chosen.cases) as desk, desk.look() as look:
        assert [scan.name for scan in scan_diff.scans(look)] == ["march"]
        log = [entry.action for entry in audit.entries(look.session.connection())]
    assert log == ["scan taken", "scan taken again"]
    with pytest.raises(PolicyError, match="may not judge"):
        case_intake.open_cases(folder, settings=chosen, by=cases.Actor("x", cases.Role.VIEWER))
    with pytest.raises(InputError, match="not a finished scan"):
        case_intake.open_cases(tmp_path, settings=chosen, by=by)
