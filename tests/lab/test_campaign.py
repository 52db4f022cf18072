import numpy as np
import pytest

from stillwatch import lab
from stillwatch.errors import SettingsError
from stillwatch.lab import codes
from stillwatch.lab.campaign import campaign, families
from stillwatch.lab.rhythms import DAY_US
from stillwatch.lab.scene import Scene


def test_families_are_found() -> None:
    assert {"natural_worklist", "fixed_frame", "rationales", "rubric_grading", "preference_pairs"} <= set(families())


def test_an_unknown_family_is_named(around: Scene) -> None:
    with pytest.raises(SettingsError, match="moon"):
        campaign(around, lab.CampaignSpec(family="moon"))


def test_exchanges_per_account_and_day(around: Scene) -> None:
    crowd = campaign(around, lab.CampaignSpec(accounts=80, per_day=26, start_day=2, days_active=4))
    days = (crowd.rows.at - around.start_us) // DAY_US
    assert set(days) == {2, 3, 4, 5}
    assert len(crowd.rows) / 80 / 4 == pytest.approx(26, rel=0.05)


def test_working_hours_are_kept_without_jitter(around: Scene) -> None:
    spec = lab.CampaignSpec(accounts=20, working_hours=(9, 17), jitter=0.0)
    hours = (campaign(around, spec).rows.at - around.start_us) % DAY_US / 3.6e9
    assert np.mean((hours > 8.5) & (hours < 17.5)) > 0.97


def test_cover_is_the_wanted_share_and_the_rest_does_not_collide(around: Scene) -> None:
    crowd = campaign(around, lab.CampaignSpec(accounts=30, cover=0.5))
    work = np.isin(crowd.rows.text, campaign(around.named(), lab.CampaignSpec(accounts=30)).rows.text)
    assert not work.all()
    plain = campaign(around, lab.CampaignSpec(accounts=30))
    assert len(np.unique(plain.rows.text)) == len(plain.rows)
    repeated = len(crowd.rows) - len(np.unique(crowd.rows.text))
    assert repeated > 0.005 * len(crowd.rows)
    assert (codes.space_of(crowd.rows.text) == codes.FREE).all()


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_shared_metadata_is_the_wanted_share(around: Scene, share: float) -> None:
    who = campaign(
        around, lab.CampaignSpec(accounts=120, per_day=2, shared={"payment": share, "phone": share})
    ).accounts
    for column in (who.payment, who.phone):
        known = column[column >= 0]
        _, inverse, counts = np.unique(known, return_inverse=True, return_counts=True)
        shared = (counts[inverse] >= 3).sum() / 120
        assert shared == pytest.approx(share, abs=0.01)


def test_sharers_can_be_other_accounts_or_the_same(around: Scene) -> None:
    def both(sharers: str) -> int:
        spec = lab.CampaignSpec(accounts=100, per_day=1, shared={"payment": 0.3, "device": 0.3}, sharers=sharers)
        who = campaign(around, spec).accounts
        marks = []
        for column in (who.payment, who.device):
            _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
            marks.append((counts[inverse] >= 4) & (column >= 0))
        return int((marks[0] & marks[1]).sum())

    assert both("disjoint") == 0
    assert both("nested") == 30


@pytest.mark.parametrize("family", ["referrer", "email_domain", "client", "signup"])
def test_other_families_of_metadata_can_be_shared(around: Scene, family: str) -> None:
    who = campaign(around, lab.CampaignSpec(accounts=60, per_day=1, shared={family: 1.0})).accounts
    column = {
        "referrer": who.referrer,
        "email_domain": who.domain,
        "client": who.fingerprint,
        "signup": who.created // DAY_US,
    }[family]
    assert len(np.unique(column)) <= 12


def test_members_claim_to_be_strangers_and_move_when_told(around: Scene) -> None:
    who = campaign(around, lab.CampaignSpec(accounts=50, per_day=1, model_move_hours=24)).accounts
    assert (who.organization == -1).all()
    assert who.is_campaign.all()
    assert (who.moves - around.release_us).max() <= DAY_US
    assert (who.created < around.start_us).all()


def test_turns_of_one_conversation_stay_with_one_account(around: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def in_threes(scene: Scene, spec: lab.CampaignSpec, n: int):
        sheet = families_before["natural_worklist"](scene, spec, n)
        sheet.turn = np.arange(n) % 3
        return sheet

    families_before = families()
    monkeypatch.setattr("stillwatch.lab.campaign.families", lambda: {"natural_worklist": in_threes})
    rows = campaign(around, lab.CampaignSpec(accounts=12)).rows
    spoken = rows.conversation >= 0
    pairs = np.unique(np.stack([rows.conversation[spoken], rows.account[spoken]]), axis=1)
    assert len(np.unique(pairs[0])) == pairs.shape[1]
    assert np.bincount(rows.conversation[spoken]).max() == 3
