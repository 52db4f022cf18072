import pytest

from stillwatch.cases.decisions import actions, chances, import_scan
from stillwatch.cases.decisions.actions import ActionKind, Plan


def test_both_needs_both():
    assert chances.both(0.5, 0.8) == pytest.approx(0.4)
    assert chances.both(None, 0.8) is None
    assert chances.both(0.5, None) is None


def test_the_accounts_of_a_case_by_its_last_scan(confirmed, see):
    found = see(chances.chances, 2, confirmed)
    assert 0.77 * 0.5 <= found.least <= found.most <= 0.77
    assert 6 * (1 - found.most) <= found.n_outside <= 6 * (1 - found.least)
    assert found.n_unknown == 0


def test_a_case_by_hand_has_none(do, see, lea):
    case_id = do(lea, import_scan.open_by_hand, "A tip", ["a", "b"], "why")
    assert see(chances.chances, case_id, ["a", "b"]) == chances.GroupChances(None, None, 0.0, 2)


def test_an_action_has_those_of_its_accounts(confirmed, do, see, lea):
    planned = do(lea, actions.plan, 2, Plan(ActionKind.SUSPEND, "why", holdout=0.5))
    assert see(chances.chances_of_action, planned.action_id) == planned.chances == see(chances.chances, 2, confirmed)
    looked = see(actions.preview, 2, Plan(ActionKind.OBSERVE, "why", confirmed[:1]))
    assert looked.chances.least == looked.chances.most
