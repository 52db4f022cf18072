"""From what a scan reports to what became of every crowd, and to the truth of every group."""

import json
from dataclasses import asdict

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from strangers import measuring
from strangers.compose import START, Part
from strangers.contract import Crowd, Habits, Member, Task
from strangers.measuring import Result, is_held_by_identity, measure, summarise


def _truth(one_list=False, **crowds):
    return {
        f"{crowd}{i}": {
            "crowd": crowd, "author": "x", "is_harvest": crowd == "bad", "one_list": one_list,
            "accountability": "operator" if crowd == "firm" else "unknown",
        }
        for crowd, n in crowds.items()
        for i in range(n)
    }  # fmt: skip


def _campaign(name, rank, severity, answer="unknown", reasons=(), p=0.9):
    return {
        "campaign_id": name, "rank": rank, "severity": severity, "accountability": answer, "p_group": p,
        "reasons": list(reasons),
    }  # fmt: skip


def _members(campaign, *accounts, p=0.8):
    return [{"campaign_id": campaign, "account_id": account, "p_member": p} for account in accounts]


def _reason(signal="card", family="identity", kind="log2_lr", value=9.0, observed=1.0):
    return {"signal": signal, "family": family, "kind": kind, "value": value, "observed": observed}


def test_an_account_counts_at_its_highest_severity_and_a_crowd_at_its_first_group():
    campaigns = [
        _campaign("C1", 3, "review"),
        _campaign("C2", 1, "urgent", "concealed"),
        _campaign("C3", 4, "watch", "operator"),
        _campaign("C4", 2, "review"),
    ]
    members = [
        *_members("C1", "bad0", "bad1", "bad2"),
        *_members("C2", "firm0", "firm1"),
        *_members("C3", *(f"bad{i}" for i in range(5))),
        *_members("C4", "firm2", "ordinary1"),
    ]
    found = summarise(_truth(bad=5, firm=4, ordinary=2), campaigns, members, 99)
    crowds = {crowd.crowd: crowd for crowd in found.crowds}
    bad, firm, ordinary = crowds["bad"], crowds["firm"], crowds["ordinary"]
    assert (found.n_accounts, found.n_exchanges) == (11, 99)
    assert [group.rank for group in found.groups] == [1, 2, 3, 4]
    assert (bad.n_urgent, bad.n_review, bad.n_watch, bad.n_above, bad.place) == (0, 3, 2, 3, 3)
    assert (firm.n_urgent, firm.n_review, firm.place) == (2, 1, 1)
    assert bad.answers == {"operator": 1, "unknown": 1}
    assert firm.answers == {"concealed": 1, "unknown": 1}
    assert found.people_above == ("ordinary1",)
    assert ordinary.place is None


def test_a_group_without_a_majority_is_no_crowds_own():
    campaigns = [_campaign("C1", 1, "review")]
    members = _members("C1", "bad0", "bad1", "firm0", "plain0", "ordinary0")
    found = summarise(_truth(bad=5, firm=4, plain=2, ordinary=1), campaigns, members, 9)
    assert found.groups[0].crowd == "bad"
    assert found.groups[0].share == 0.4
    assert {crowd.place for crowd in found.crowds} == {None}
    assert all(not crowd.answers for crowd in found.crowds)


@pytest.mark.parametrize(("strangers", "is_true"), [(0, True), (1, True), (2, False)])
def test_a_group_is_true_where_four_fifths_are_of_one_list(strangers, is_true):
    accounts = [*(f"bad{i}" for i in range(4)), *(f"plain{i}" for i in range(strangers))]
    found = summarise(_truth(True, bad=4, plain=2), [_campaign("C", 1, "watch")], _members("C", *accounts), 9)
    assert found.groups[0].is_true is is_true


def test_one_operators_accounts_are_a_true_group_only_where_identity_holds_them():
    members = _members("C", "firm0", "firm1")
    by_card = summarise(_truth(firm=3), [_campaign("C", 1, "watch", reasons=[_reason()])], members, 9).groups[0]
    by_text = summarise(_truth(firm=3), [_campaign("C", 1, "watch")], members, 9).groups[0]
    nobodys = summarise(
        _truth(plain=3), [_campaign("C", 1, "watch", reasons=[_reason()])], _members("C", "plain0", "plain1"), 9
    ).groups[0]
    assert (by_card.is_true, by_card.is_one_list, by_card.is_one_customer) == (True, False, True)
    assert not by_text.is_true
    assert not nobodys.is_true


@pytest.mark.parametrize(
    ("reasons", "is_held"),
    [
        ([], False),
        ([_reason()], True),
        ([_reason(value=0.0)], False),
        ([_reason(kind="description")], False),
        ([_reason(family="content")], False),
        ([_reason("one_payer", "accountability", "description", 0.0, 0.97)], True),
        ([_reason("one_payer", "accountability", "description", 0.0, 0.4)], False),
        ([_reason("hidden_ties", "accountability", "description", 0.0, 0.97)], False),
    ],
)
def test_identity_holds_a_group_by_evidence_or_by_what_the_scan_says(reasons, is_held):
    assert is_held_by_identity(reasons) is is_held


def test_members_are_kept_by_whether_they_belong():
    members = [*_members("C", "bad1", p=0.7), *_members("C", "bad0", p=0.99), *_members("C", "plain0", p=0.61)]
    group = summarise(_truth(bad=2, plain=1), [_campaign("C", 1, "review")], members, 9).groups[0]
    assert (group.inside, group.outside, group.size) == ((0.7, 0.99), (0.61,), 3)


def test_a_result_comes_back_from_json():
    campaigns = [_campaign("C1", 1, "review", reasons=[_reason()])]
    found = summarise(_truth(bad=2, ordinary=1), campaigns, _members("C1", "bad0", "ordinary0"), 9)
    assert Result.read(json.loads(json.dumps(asdict(found)))) == found


def test_a_world_is_composed_scanned_and_compared(monkeypatch):
    def scan(sources, out, *, settings, accounts):
        assert pq.read_table(sources[0]).num_rows == 6
        assert settings.engine.threads == 1
        ids = pq.read_table(accounts)["account_id"].to_pylist()
        out.mkdir()
        pq.write_table(
            pa.Table.from_pylist([_campaign("C", 1, "urgent", reasons=[_reason()])]), out / "campaigns.parquet"
        )
        pq.write_table(pa.Table.from_pylist(_members("C", *ids[:2])), out / "members.parquet")

    def members(rng, n):
        return [Member({"created_at": START}, iter([Task("a"), Task("b")]), "kettle/1") for _ in range(n)]

    crowd = Crowd("a", "x", "a crowd", False, True, "unknown", Habits(50, active_days=1.0, follow_up=0), members)
    monkeypatch.setattr(measuring.runs, "scan", scan)
    found = measure("a", [Part(crowd, 3)], seed=1, days=3, threads=1)
    assert (found.n_accounts, found.n_exchanges, found.crowds[0].n_urgent) == (3, 6, 2)
    assert found.groups[0].is_true
