"""Facts of accounts: what is held and by how many, whatever the order of rows, and times that cannot be read."""

import numpy as np
import pyarrow as pa
import pytest

from stillwatch.campaigns import account_facts
from stillwatch.campaigns.account_facts import DOMAIN, MEANS, PAYMENT
from stillwatch.engine import DuckDBEngine
from stillwatch.tables import ATTRIBUTES

HELD = {
    "payment_fingerprint": {"card": range(10), "own": [3]},
    "device_fingerprint": {"card": [0, 1]},
    "email_domain": {"firm.example": range(5)},
    "plan": {"pro": range(10)},
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDBEngine(tmp_path_factory.mktemp("facts"), threads=1) as engine:
        yield engine


def _held(facts, account):
    own = facts.of(np.array([account]))
    return sorted((int(facts.kind[i]), int(facts.n_holders[facts.value[i]])) for i in own)


def test_values_are_told_by_kind_with_the_number_of_their_holders(sample, facts_of):
    """One text as a card and as a device is two values; what is no means of identity is left out."""
    facts = facts_of(sample(honest=20, prompts=1), HELD)
    assert _held(facts, 0) == [(PAYMENT, 10), (MEANS[1], 2), (DOMAIN, 5)]
    assert _held(facts, 3) == [(PAYMENT, 1), (PAYMENT, 10), (DOMAIN, 5)]
    assert _held(facts, 15) == []
    assert facts.of(np.arange(20)).tolist() == list(range(len(facts.account)))


def test_a_value_said_twice_is_held_once(sample, facts_of):
    facts = facts_of(sample(honest=20, prompts=1), {"phone_digest": {"p": [4, 4, 5]}})
    assert facts.n_holders.tolist() == [2]
    assert _held(facts, 4) == [(MEANS[2], 2)]


def test_no_code_depends_on_the_order_of_rows(engine, sample, attributes_of):
    drawn = sample(honest=20, prompts=1)
    plain = attributes_of({"payment_fingerprint": {f"card-{c}": range(c, 20, 3) for c in range(9)}})
    found = []
    for seed in range(4):
        rows = plain.take(np.random.default_rng(seed).permutation(len(plain)))
        facts = account_facts.read(engine, attributes=rows, activity=drawn.activity, population=drawn.population)
        found.append((facts.account.tolist(), facts.kind.tolist(), facts.value.tolist(), facts.n_holders.tolist()))
    assert all(one == found[0] for one in found)


def test_accounts_without_activity_and_empty_values_are_left_out(engine, sample, attributes_of):
    drawn = sample(honest=20, prompts=1)
    rows = attributes_of({"payment_fingerprint": {"card": [1, 2, 500], "": range(20)}}, business=[500])
    facts = account_facts.read(engine, attributes=rows, activity=drawn.activity, population=drawn.population)
    assert facts.n_holders.tolist() == [2]
    assert not facts.is_business.any()


def test_who_was_verified_as_a_business_among_others_is_one(sample, facts_of):
    """An account with several values is a business if one of them says so."""
    held = {"verification": {"email": [0, 1], "business": [1, 2], "phone": [1, 3]}}
    assert np.flatnonzero(facts_of(sample(honest=20, prompts=1), held).is_business).tolist() == [1, 2]


@pytest.mark.parametrize("text", ["yesterday", "", "2026-02-30T00:00:00Z", "1772000000", "NaT"])
def test_a_time_that_cannot_be_read_is_unknown(sample, facts_of, text):
    facts = facts_of(sample(honest=20, prompts=1), opened={0: text, 1: 1_772_000_000}, closed={0: text})
    assert np.isnan(facts.opened[0])
    assert np.isnan(facts.closed).all()
    assert facts.opened[1] == 1_772_000_000
    assert np.isnan(facts.opened[2:]).all()


def test_times_are_read_with_and_without_a_zone_and_at_the_ends_of_the_calendar(sample, facts_of):
    told = ["2026-03-01T00:00:00Z", "2026-03-01T02:00:00+02:00", "2026-03-01T00:00:00", "0001-01-01", "9999-12-31"]
    opened = facts_of(sample(honest=20, prompts=1), opened=dict(enumerate(told))).opened
    assert opened[0] == opened[1] == opened[2] == 1_772_323_200
    assert opened[3] < 0 < opened[4]


def test_of_several_times_the_first_opening_and_the_last_closure_count(engine, sample):
    drawn = sample(honest=20, prompts=1)
    told = [
        ("created_at", "2026-03-02"),
        ("created_at", "2026-03-01"),
        ("closed_at", "2026-04-01"),
        ("closed_at", "2026-05-01"),
    ]
    rows = pa.Table.from_pylist(
        [{"account_id": "acct-7", "name": name, "value": f"{day}T00:00:00Z"} for name, day in told],
        schema=ATTRIBUTES.schema,
    )
    facts = account_facts.read(engine, attributes=rows, activity=drawn.activity, population=drawn.population)
    assert (facts.opened[7], facts.closed[7]) == (1_772_323_200, 1_777_593_600)


def test_nothing_known_is_no_error(sample, facts_of):
    facts = facts_of(sample(honest=20, prompts=1))
    assert len(facts.account) == len(facts.n_holders) == 0
    assert len(facts.of(np.arange(20))) == 0
    assert np.isnan(facts.opened).all()
