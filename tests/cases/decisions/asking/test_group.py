"""The group of an experiment, and the experiments of a case."""

import pytest

from stillwatch.cases.decisions import import_scan
from stillwatch.cases.decisions.asking import group
from stillwatch.cases.decisions.judgements import case_of
from stillwatch.errors import MissingError


def test_the_group_is_seen_as_scan_number_and_digest(taken, see):
    found = see(lambda look: group.group_of(look, case_of(look, 2)))
    assert (found.scan_id, len(found.accounts)) == (taken.scan_id, 62)
    assert str(found.seen) == f"{taken.scan_id[:16]}:62:{found.accounts_sha256}"
    assert str(group.AskGroup(None, found.accounts).seen).startswith("-:62:")


def test_a_sample_leaves_the_group_but_not_its_own(asking, see):
    whole = see(lambda look: group.group_of(look, case_of(look, 2), besides=1))
    rest = see(lambda look: group.group_of(look, case_of(look, 2)))
    assert whole.accounts - rest.accounts == set(asking.accounts())


def test_whoever_is_asked_in_one_case_is_not_asked_in_another(asking, do, see, ann):
    account = asking.accounts()[0]
    number = do(ann, import_scan.open_by_hand, "A tip", [account, "other"], "why")
    assert see(lambda look: group.group_of(look, case_of(look, number))).accounts == {"other"}


def test_the_experiment_that_runs_is_found(asking, see):
    assert see(group.open_experiment, 2).seed == "a seed"
    assert see(group.open_experiment, 1) is None
    assert see(group.experiment_of, 2).experiment_id == 1
    assert see(lambda look: group.rule_of(group.experiment_of(look, 2))).most == 3
    with pytest.raises(MissingError, match="nobody was asked"):
        see(group.experiment_of, 1)
    with pytest.raises(MissingError, match="no such case"):
        see(group.experiment_of, 9)
