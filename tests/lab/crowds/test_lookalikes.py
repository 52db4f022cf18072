import numpy as np
import pytest

from stillwatch import lab
from stillwatch.errors import SettingsError
from stillwatch.lab.crowds.campaign import campaign
from stillwatch.lab.crowds.crowd import Crowd
from stillwatch.lab.crowds.lookalikes import FAMILIES, lookalike
from stillwatch.lab.crowds.network import PROXY_POOL
from stillwatch.lab.crowds.world_context import Scene
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.tables import STATUSES


def _crowd(around: Scene, family: str, accounts: int = 20) -> Crowd:
    return lookalike(around.named(family), lab.LookalikeSpec(family=family, accounts=accounts))


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_is_honest_and_named(around: Scene, family: str) -> None:
    crowd = _crowd(around, family, 12)
    strings = around.strings.array().to_pylist()
    assert {strings[g] for g in crowd.accounts.group} == {family}
    assert len(crowd.accounts) == 12
    assert not crowd.accounts.is_campaign.any()
    assert len(crowd.rows) >= 12
    assert (crowd.rows.at >= around.start_us).all()
    assert (crowd.rows.at < around.end_us).all()


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_exchanges_can_be_set(around: Scene, family: str) -> None:
    spec = lab.LookalikeSpec(family=family, accounts=40, exchanges=60)
    n = len(lookalike(around.named(family), spec).rows) / 40
    assert 15 < n < 150


def test_an_unknown_family_is_named(around: Scene) -> None:
    with pytest.raises(SettingsError, match="moon"):
        lookalike(around, lab.LookalikeSpec(family="moon"))


@pytest.mark.parametrize("family", ["company_seats", "agent_fleet", "licensed_data", "red_team"])
def test_one_organization_pays_openly(around: Scene, family: str) -> None:
    who = _crowd(around, family).accounts
    assert len(np.unique(who.organization)) == len(np.unique(who.payment)) == 1
    assert who.organization[0] >= 0


def test_tool_users_share_the_tool_and_no_payload(around: Scene) -> None:
    crowd = _crowd(around, "tool_users", 40)
    who = crowd.accounts
    assert len(np.unique(who.system)) == len(np.unique(who.tools)) == len(np.unique(who.fingerprint)) == 1
    assert len(np.unique(who.payment[who.payment >= 0])) > 10
    opened = crowd.rows.text[crowd.rows.turn == 0]
    assert len(np.unique(opened)) > 0.8 * len(opened)


def test_a_class_signs_up_together_and_asks_the_same(around: Scene) -> None:
    crowd = _crowd(around, "classroom", 30)
    assert np.ptp(crowd.accounts.created) < DAY_US / 6
    askers = {text: len(np.unique(crowd.rows.account[crowd.rows.text == text])) for text in np.unique(crowd.rows.text)}
    assert max(askers.values()) > 15


def test_a_benchmark_is_met_by_many(around: Scene) -> None:
    rows = _crowd(around, "public_benchmark", 30).rows
    text, counts = np.unique(rows.text, return_counts=True)
    assert len(text) < 2_000
    assert counts.max() > 3


def test_nightly_jobs_start_at_the_same_hour(around: Scene) -> None:
    rows = _crowd(around, "nightly_jobs").rows
    assert np.median((rows.at - around.start_us) % DAY_US / 3.6e9) < 5


def test_vpn_customers_share_exits_only(around: Scene) -> None:
    crowd = _crowd(around, "vpn_customers", 120)
    known = np.concatenate(around.network.pools)
    assert np.isin(crowd.rows.ip, known).mean() > 0.6
    assert (crowd.accounts.pool == 3).sum() > 20


def test_a_hackathon_has_one_referral_and_an_early_rush(around: Scene) -> None:
    crowd = _crowd(around, "hackathon", 40)
    assert len(np.unique(crowd.accounts.referrer)) == 1
    day = (crowd.rows.at - crowd.accounts.created.min()) / DAY_US
    assert np.median(day) < 2.5


def test_a_licensed_customer_deals_without_replacement(around: Scene) -> None:
    rows = _crowd(around, "licensed_data", 6).rows
    assert len(np.unique(rows.text)) == len(rows)


def test_a_reseller_has_many_people_behind_one_address(around: Scene) -> None:
    crowd = _crowd(around, "reseller", 2)
    for account in (0, 1):
        mine = crowd.rows.account == account
        assert mine.sum() > 100
        assert len(np.unique(crowd.rows.ip[mine])) == 1


def test_a_storm_repeats_one_prompt_and_mostly_fails(around: Scene) -> None:
    rows = _crowd(around, "retry_storms").rows
    failed = np.isin(rows.status, [STATUSES.index("throttled"), STATUSES.index("error")])
    assert failed.mean() > 0.2
    for account in np.unique(rows.account[failed])[:5]:
        texts = rows.text[(rows.account == account) & failed]
        assert np.unique(texts, return_counts=True)[1].max() > 10


def test_red_team_is_refused_often(around: Scene) -> None:
    rows = _crowd(around, "red_team").rows
    assert 0.25 < (rows.status == STATUSES.index("refused")).mean() < 0.45


def test_proxy_customers_use_the_exits_of_campaigns_and_share_nothing_else(around: Scene) -> None:
    crowd = _crowd(around, "proxy_customers", 60)
    exits = around.network.pools[PROXY_POOL]
    assert np.isin(crowd.rows.ip, exits).mean() > 0.6
    hidden = campaign(around.named("a"), lab.CampaignSpec(accounts=30, proxies=1.0)).rows
    other = campaign(around.named("b"), lab.CampaignSpec(accounts=30, proxies=1.0)).rows
    ours, theirs, third = (set(rows.ip[np.isin(rows.ip, exits)]) for rows in (crowd.rows, hidden, other))
    assert len(ours & theirs & third) > 100
    who = crowd.accounts
    alone = who.payment[(who.payment >= 0) & (who.organization < 0)]
    assert len(np.unique(alone)) > 0.8 * len(alone) > 8
    assert len(np.unique(crowd.rows.text)) < len(crowd.rows)


def test_an_evaluation_runs_whole_lists_in_order_and_openly(around: Scene) -> None:
    crowd = _crowd(around, "evaluation", 5)
    lists = list(around.texts.exams().values())
    for account in range(5):
        mine = crowd.rows.account == account
        asked = crowd.rows.text[mine][np.argsort(crowd.rows.at[mine], kind="stable")]
        assert np.array_equal(asked, lists[account % 4])
    assert len(np.unique(crowd.accounts.organization)) == len(np.unique(crowd.accounts.payment)) == 1
    assert (crowd.accounts.temperature == 0).all()


def test_an_evaluation_can_be_cut_short_split_and_aimed(around: Scene) -> None:
    def rows(accounts: int, **changes: object):
        return lookalike(around, lab.LookalikeSpec(family="evaluation", accounts=accounts, **changes)).rows

    listed = around.texts.exams()["exam-c"]
    assert np.array_equal(np.unique(rows(1, capability="exam-c", exchanges=50).text), np.sort(listed[:50]))
    split = rows(3, capability="exam-c", knobs={"split": 1})
    assert np.array_equal(np.sort(split.text), np.sort(listed))
    assert len(np.unique(split.account)) == 3
    with pytest.raises(SettingsError, match="exam-z"):
        rows(1, capability="exam-z")
