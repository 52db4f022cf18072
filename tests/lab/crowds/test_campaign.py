from typing import Any

import numpy as np
import pytest

from stillwatch import lab
from stillwatch.errors import SettingsError
from stillwatch.lab.crowds.campaign import build_campaign, harvest_families
from stillwatch.lab.crowds.crowd import NEVER
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.lab.texts import text_codes


def test_families_are_found() -> None:
    assert set(harvest_families()) == {
        "agentic_coding",
        "benchmark_replay",
        "evolved_instructions",
        "fixed_frame",
        "natural_worklist",
        "preference_pairs",
        "rationales",
        "role_play",
        "rubric_grading",
        "tool_trajectories",
    }


@pytest.mark.parametrize("family", sorted(harvest_families()))
@pytest.mark.parametrize("changes", [{}, {"cover": 0.5, "churn": 0.1, "paraphrase": 0.5, "shared": {"signup": 0.5}}])
def test_every_family_sends_the_requested_exchanges(
    context: WorldContext, family: str, changes: dict[str, Any]
) -> None:
    crowd = build_campaign(context.named(family), lab.CampaignSpec(family=family, accounts=30, per_day=8, **changes))
    assert len(crowd.rows) / 30 / 7 == pytest.approx(8, rel=0.15)
    assert crowd.accounts.is_campaign.all()
    assert (crowd.rows.text > 0).all()
    assert (crowd.rows.at >= crowd.accounts.created[crowd.rows.account]).all()
    assert len(crowd.accounts) == 30 if not changes else len(crowd.accounts) > 36


@pytest.mark.parametrize("family", sorted(harvest_families()))
def test_every_family_can_have_nothing_to_send(context: WorldContext, family: str) -> None:
    crowd = build_campaign(context, lab.CampaignSpec(family=family, accounts=2, per_day=1e-6))
    assert len(crowd.rows) == 0


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_requested_share_is_paraphrased_except_cover(context: WorldContext, share: float) -> None:
    crowd = build_campaign(context, lab.CampaignSpec(family="fixed_frame", accounts=30, cover=0.3, paraphrase=share))
    work = crowd.rows.head > 0
    assert np.mean(crowd.rows.wording[work] > 0) == pytest.approx(share, abs=0.04)
    assert (crowd.rows.wording[~work] == 0).all()
    unframed = build_campaign(context.named(), lab.CampaignSpec(family="fixed_frame", accounts=30, cover=0.3))
    assert len(unframed.rows) == len(crowd.rows)


def test_new_accounts_replace_closed_ones(context: WorldContext) -> None:
    spec = lab.CampaignSpec(accounts=60, churn=0.1, shared={"payment": 1.0, "signup": 0.5})
    who = (crowd := build_campaign(context, spec)).accounts
    closed = who.closed < NEVER
    assert closed.sum() / 60 / 7 == pytest.approx(0.1, rel=0.35)
    later = np.flatnonzero(who.created > context.start_us)
    assert later.min() == 60
    assert len(later) == len(who) - 60
    ends = np.sort(who.closed[closed])
    before = ends[np.searchsorted(ends, who.created[60:]) - 1]
    assert (who.created[60:] - before < DAY_US).all()
    assert (crowd.rows.at < who.closed[crowd.rows.account]).all()
    # successors continue the worklist: no payload goes to two accounts
    assert len(np.unique(crowd.rows.text)) == len(crowd.rows)
    assert np.isin(crowd.rows.account, later).mean() > 0.15
    assert (who.payment[60:] >= 0).all()
    names = context.strings.array().to_pylist()
    assert {names[g] for g in who.group} == {"natural_worklist"}


def test_an_unknown_family_is_named(context: WorldContext) -> None:
    with pytest.raises(SettingsError, match="moon"):
        build_campaign(context, lab.CampaignSpec(family="moon"))


def test_exchanges_per_account_and_day(context: WorldContext) -> None:
    crowd = build_campaign(context, lab.CampaignSpec(accounts=80, per_day=26, start_day=2, days_active=4))
    days = (crowd.rows.at - context.start_us) // DAY_US
    assert set(days) == {2, 3, 4, 5}
    assert len(crowd.rows) / 80 / 4 == pytest.approx(26, rel=0.05)


def test_working_hours_are_kept_without_jitter(context: WorldContext) -> None:
    spec = lab.CampaignSpec(accounts=20, working_hours=(9, 17), jitter=0.0)
    hours = (build_campaign(context, spec).rows.at - context.start_us) % DAY_US / 3.6e9
    assert np.mean((hours > 8.5) & (hours < 17.5)) > 0.97


def test_cover_has_its_share_and_payloads_do_not_repeat(context: WorldContext) -> None:
    crowd = build_campaign(context, lab.CampaignSpec(accounts=30, cover=0.5))
    work = np.isin(crowd.rows.text, build_campaign(context.named(), lab.CampaignSpec(accounts=30)).rows.text)
    assert not work.all()
    unframed = build_campaign(context, lab.CampaignSpec(accounts=30))
    assert len(np.unique(unframed.rows.text)) == len(unframed.rows)
    repeated = len(crowd.rows) - len(np.unique(crowd.rows.text))
    assert repeated > 0.005 * len(crowd.rows)
    assert (text_codes.space_of(crowd.rows.text) == text_codes.GRAMMAR_REQUEST).all()


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_shared_metadata_is_the_wanted_share(context: WorldContext, share: float) -> None:
    who = build_campaign(
        context, lab.CampaignSpec(accounts=120, per_day=2, shared={"payment": share, "phone": share})
    ).accounts
    for column in (who.payment, who.phone):
        known = column[column >= 0]
        _, inverse, counts = np.unique(known, return_inverse=True, return_counts=True)
        shared = (counts[inverse] >= 3).sum() / 120
        assert shared == pytest.approx(share, abs=0.01)


def test_sharers_can_be_other_accounts_or_the_same(context: WorldContext) -> None:
    def both(sharers: str) -> int:
        spec = lab.CampaignSpec(accounts=100, per_day=1, shared={"payment": 0.3, "device": 0.3}, sharers=sharers)
        who = build_campaign(context, spec).accounts
        marks = []
        for column in (who.payment, who.device):
            _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
            marks.append((counts[inverse] >= 4) & (column >= 0))
        return int((marks[0] & marks[1]).sum())

    assert both("disjoint") == 0
    assert both("nested") == 30


@pytest.mark.parametrize("family", ["referrer", "email_domain", "client", "signup"])
def test_other_families_of_metadata_can_be_shared(context: WorldContext, family: str) -> None:
    who = build_campaign(context, lab.CampaignSpec(accounts=60, per_day=1, shared={family: 1.0})).accounts
    column = {
        "referrer": who.referrer,
        "email_domain": who.domain,
        "client": who.fingerprint,
        "signup": who.created // DAY_US,
    }[family]
    assert len(np.unique(column)) <= 12


def test_members_appear_as_individuals_and_move_models(context: WorldContext) -> None:
    who = build_campaign(context, lab.CampaignSpec(accounts=50, per_day=1, model_move_hours=24)).accounts
    assert (who.organization == -1).all()
    assert who.is_campaign.all()
    assert (who.moves - context.release_us).max() <= DAY_US
    assert (who.created < context.start_us).all()


def test_turns_of_one_conversation_stay_with_one_account(
    context: WorldContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_threes(context: WorldContext, spec: lab.CampaignSpec, n: int):
        dealt = families_before["natural_worklist"](context, spec, n)
        dealt.turn = np.arange(n) % 3
        return dealt

    families_before = harvest_families()
    monkeypatch.setattr("stillwatch.lab.crowds.campaign.harvest_families", lambda: {"natural_worklist": in_threes})
    rows = build_campaign(context, lab.CampaignSpec(accounts=12)).rows
    spoken = rows.conversation >= 0
    pairs = np.unique(np.stack([rows.conversation[spoken], rows.account[spoken]]), axis=1)
    assert len(np.unique(pairs[0])) == pairs.shape[1]
    assert np.bincount(rows.conversation[spoken]).max() == 3
