"""From what a scan reports to what became of every crowd."""

from strangers.measuring import _result


def _truth(**crowds):
    return {
        f"{crowd}{i}": {
            "crowd": crowd, "author": "x", "is_harvest": crowd == "bad", "one_list": False, "accountability": "unknown"
        }
        for crowd, n in crowds.items()
        for i in range(n)
    }  # fmt: skip


def test_an_account_counts_at_its_highest_severity_and_a_crowd_at_its_first_group():
    campaigns = [
        {"campaign_id": "C1", "severity": "review", "q_value": 1e-5},
        {"campaign_id": "C2", "severity": "urgent", "q_value": 1e-3},
        {"campaign_id": "C3", "severity": "watch", "q_value": 1e-9},
        {"campaign_id": "C4", "severity": "review", "q_value": 1e-9},
    ]
    members = [
        *({"campaign_id": "C1", "account_id": f"bad{i}"} for i in range(3)),
        *({"campaign_id": "C2", "account_id": f"firm{i}"} for i in range(2)),
        *({"campaign_id": "C3", "account_id": f"bad{i}"} for i in range(5)),
        {"campaign_id": "C4", "account_id": "firm2"},
    ]
    found = _result(_truth(bad=5, firm=4, plain=2), campaigns, members, 99)
    crowds = {crowd.crowd: crowd for crowd in found.crowds}
    assert (found.n_accounts, found.n_exchanges, found.n_groups) == (11, 99, 3)
    assert (crowds["bad"].n_urgent, crowds["bad"].n_review, crowds["bad"].n_watch, crowds["bad"].place) == (0, 3, 2, 3)
    assert (crowds["firm"].n_urgent, crowds["firm"].n_review, crowds["firm"].place) == (2, 1, 1)
    assert (crowds["plain"].n_named, crowds["plain"].place) == (0, None)
