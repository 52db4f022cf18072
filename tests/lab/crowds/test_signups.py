import numpy as np
import pytest

from stillwatch.lab.crowds.signups import assign_hubs, company_domain, open_accounts
from stillwatch.lab.crowds.world_context import WorldContext


def test_a_company_has_one_payer_domain_and_office(context: WorldContext) -> None:
    who = open_accounts(context, 800, "bot")
    for number in np.unique(who.organization[who.organization >= 0]):
        seats = who.organization == number
        assert len(np.unique(who.payment[seats])) == len(np.unique(who.domain[seats])) == 1
        assert len(np.unique(who.office[seats])) == 1


def test_unrelated_accounts_rarely_share(context: WorldContext) -> None:
    who = open_accounts(context, 4_000, "chat")
    alone = (who.organization < 0) & (who.device >= 0)
    values, counts = np.unique(who.device[alone], return_counts=True)
    assert 0.005 < counts[counts > 1].sum() / alone.sum() < 0.08
    assert len(values) > 3_000


def test_country_is_independent_of_everything(context: WorldContext) -> None:
    who = open_accounts(context, 6_000, "chat")
    assert abs(np.corrcoef(who.country, who.shift)[0, 1]) < 0.05
    assert abs(np.corrcoef(who.country, who.activity)[0, 1]) < 0.05


def test_activity_has_the_median_of_the_specification(context: WorldContext) -> None:
    who = open_accounts(context, 6_000, "chat")
    assert np.median(who.activity) == pytest.approx(12 * 7 / 30, rel=0.12)


def test_hubs_have_about_the_requested_size() -> None:
    hub = assign_hubs(np.random.default_rng(1), np.arange(60), 6)
    assert np.bincount(hub).tolist() == [6] * 10
    assert company_domain(5) == company_domain(5) != company_domain(6)
