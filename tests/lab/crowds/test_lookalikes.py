import numpy as np
import pytest

from stillwatch import lab
from stillwatch.errors import SettingsError
from stillwatch.lab.crowds.campaign import build_campaign
from stillwatch.lab.crowds.crowd import Crowd
from stillwatch.lab.crowds.lookalikes import FAMILIES, build_lookalike
from stillwatch.lab.crowds.network import PROXY_POOL
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.tables import STATUSES


def _crowd(context: WorldContext, family: str, accounts: int = 20) -> Crowd:
    return build_lookalike(context.named(family), lab.LookalikeSpec(family=family, accounts=accounts))


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_is_honest_and_named(context: WorldContext, family: str) -> None:
    crowd = _crowd(context, family, 12)
    strings = context.strings.array().to_pylist()
    assert {strings[g] for g in crowd.accounts.group} == {family}
    assert len(crowd.accounts) == 12
    assert not crowd.accounts.is_campaign.any()
    assert len(crowd.rows) >= 12
    assert (crowd.rows.at >= context.start_us).all()
    assert (crowd.rows.at < context.end_us).all()


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_exchanges_can_be_set(context: WorldContext, family: str) -> None:
    spec = lab.LookalikeSpec(family=family, accounts=40, exchanges=60)
    n = len(build_lookalike(context.named(family), spec).rows) / 40
    assert 15 < n < 150


def test_an_unknown_family_is_named(context: WorldContext) -> None:
    with pytest.raises(SettingsError, match="moon"):
        build_lookalike(context, lab.LookalikeSpec(family="moon"))


@pytest.mark.parametrize("family", ["company_seats", "agent_fleet", "licensed_data", "red_team"])
def test_one_organization_pays_openly(context: WorldContext, family: str) -> None:
    who = _crowd(context, family).accounts
    assert len(np.unique(who.organization)) == len(np.unique(who.payment)) == 1
    assert who.organization[0] >= 0


def test_tool_users_share_the_tool_and_no_payload(context: WorldContext) -> None:
    crowd = _crowd(context, "tool_users", 40)
    who = crowd.accounts
    assert len(np.unique(who.system)) == len(np.unique(who.tools)) == len(np.unique(who.fingerprint)) == 1
    assert len(np.unique(who.payment[who.payment >= 0])) > 10
    opened = crowd.rows.text[crowd.rows.turn == 0]
    assert len(np.unique(opened)) > 0.8 * len(opened)


def test_a_class_signs_up_together_and_asks_the_same(context: WorldContext) -> None:
    crowd = _crowd(context, "classroom", 30)
    assert np.ptp(crowd.accounts.created) < DAY_US / 6
    askers = {text: len(np.unique(crowd.rows.account[crowd.rows.text == text])) for text in np.unique(crowd.rows.text)}
    assert max(askers.values()) > 15


def test_many_accounts_run_one_benchmark(context: WorldContext) -> None:
    rows = _crowd(context, "public_benchmark", 30).rows
    text, counts = np.unique(rows.text, return_counts=True)
    assert len(text) < 2_000
    assert counts.max() > 3


def test_nightly_jobs_start_at_the_same_hour(context: WorldContext) -> None:
    rows = _crowd(context, "nightly_jobs").rows
    assert np.median((rows.at - context.start_us) % DAY_US / 3.6e9) < 5


def test_vpn_customers_share_exits_only(context: WorldContext) -> None:
    crowd = _crowd(context, "vpn_customers", 120)
    known = np.concatenate(context.network.pools)
    assert np.isin(crowd.rows.ip, known).mean() > 0.6
    assert (crowd.accounts.pool == 3).sum() > 20


def test_a_hackathon_has_one_referral_and_an_early_rush(context: WorldContext) -> None:
    crowd = _crowd(context, "hackathon", 40)
    assert len(np.unique(crowd.accounts.referrer)) == 1
    day = (crowd.rows.at - crowd.accounts.created.min()) / DAY_US
    assert np.median(day) < 2.5


def test_a_licensed_customer_deals_without_replacement(context: WorldContext) -> None:
    rows = _crowd(context, "licensed_data", 6).rows
    assert len(np.unique(rows.text)) == len(rows)


def test_a_reseller_has_many_people_behind_one_address(context: WorldContext) -> None:
    crowd = _crowd(context, "reseller", 2)
    for account in (0, 1):
        mine = crowd.rows.account == account
        assert mine.sum() > 100
        assert len(np.unique(crowd.rows.ip[mine])) == 1


def test_a_retry_storm_repeats_one_prompt_and_mostly_fails(context: WorldContext) -> None:
    rows = _crowd(context, "retry_storms").rows
    failed = np.isin(rows.status, [STATUSES.index("throttled"), STATUSES.index("error")])
    assert failed.mean() > 0.2
    for account in np.unique(rows.account[failed])[:5]:
        texts = rows.text[(rows.account == account) & failed]
        assert np.unique(texts, return_counts=True)[1].max() > 10


def test_red_team_is_refused_often(context: WorldContext) -> None:
    rows = _crowd(context, "red_team").rows
    assert 0.25 < (rows.status == STATUSES.index("refused")).mean() < 0.45


def test_proxy_customers_use_the_exits_of_campaigns_and_share_nothing_else(context: WorldContext) -> None:
    crowd = _crowd(context, "proxy_customers", 60)
    exits = context.network.pools[PROXY_POOL]
    assert np.isin(crowd.rows.ip, exits).mean() > 0.6
    hidden = build_campaign(context.named("a"), lab.CampaignSpec(accounts=30, proxies=1.0)).rows
    other = build_campaign(context.named("b"), lab.CampaignSpec(accounts=30, proxies=1.0)).rows
    ours, theirs, third = (set(rows.ip[np.isin(rows.ip, exits)]) for rows in (crowd.rows, hidden, other))
    assert len(ours & theirs & third) > 100
    who = crowd.accounts
    alone = who.payment[(who.payment >= 0) & (who.organization < 0)]
    assert len(np.unique(alone)) > 0.8 * len(alone) > 8
    assert len(np.unique(crowd.rows.text)) < len(crowd.rows)


def test_an_evaluation_runs_whole_lists_in_order_and_openly(context: WorldContext) -> None:
    crowd = _crowd(context, "evaluation", 5)
    lists = list(context.texts.public_lists().values())
    for account in range(5):
        mine = crowd.rows.account == account
        asked = crowd.rows.text[mine][np.argsort(crowd.rows.at[mine], kind="stable")]
        assert np.array_equal(asked, lists[account % 4])
    assert len(np.unique(crowd.accounts.organization)) == len(np.unique(crowd.accounts.payment)) == 1
    assert (crowd.accounts.temperature == 0).all()


def test_an_evaluation_can_be_cut_short_split_and_aimed(context: WorldContext) -> None:
    def rows(accounts: int, **changes: object):
        return build_lookalike(context, lab.LookalikeSpec(family="evaluation", accounts=accounts, **changes)).rows

    listed = context.texts.public_lists()["exam-c"]
    assert np.array_equal(np.unique(rows(1, capability="exam-c", exchanges=50).text), np.sort(listed[:50]))
    split = rows(3, capability="exam-c", knobs={"split": 1})
    assert np.array_equal(np.sort(split.text), np.sort(listed))
    assert len(np.unique(split.account)) == 3
    with pytest.raises(SettingsError, match="exam-z"):
        rows(1, capability="exam-z")
