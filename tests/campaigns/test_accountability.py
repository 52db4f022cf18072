"""Who answers for a group: customers with one payer, companies, verified businesses, crowds, and hidden control."""

import numpy as np
import pytest

from stillwatch.campaigns.accountability import FAMILY, SENTENCES, answer, answers_for_itself
from stillwatch.campaigns.coordination import Sharing
from stillwatch.model import Accountability, ReasonKind

SIZE = 1000
MEMBERS = np.arange(50)
LOG_S = 1_772_000_000
DAY, HOUR = 86_400, 3_600
MEANS = ("payment_fingerprint", "device_fingerprint", "phone_digest")


@pytest.fixture
def asked(sample, bonds, facts_of):
    """Return the answer for *members* of a thousand accounts."""

    def ask(*held, members=MEMBERS, payers=None, shared=None, size=SIZE, **known):
        columns = {"organization_id": payers} if payers else {}
        drawn = sample(honest=size, prompts=1, **columns)
        sharing = Sharing(drawn.population, bonds(drawn.population, shared or {}))
        return answer(facts_of(drawn, *held, **known), sharing, np.asarray(members))

    return ask


def _fact(found, name):
    return next(reason for reason in found.facts if reason.signal == name)


def _own(first, last, name="own"):
    return {f"{name}-{i}": [i] for i in range(first, last)}


def _organizations(*sizes):
    payers = [f"org-{i}" for i, size in enumerate(sizes) for _ in range(size)]
    return payers + [None] * (SIZE - len(payers))


def test_of_whom_nothing_is_known_nothing_is_said(asked):
    """A log without an accounts file: no fact at all."""
    found = asked()
    assert found.kind is Accountability.UNKNOWN
    assert {reason.observed for reason in found.facts if reason.signal != "one_organization"} == {0.0}


def test_facts_are_descriptions_without_weight_and_have_a_sentence_each(asked):
    found = asked({"payment_fingerprint": {"card": range(30)}}, business=range(5))
    assert {reason.signal for reason in found.facts} == set(SENTENCES)
    for reason in found.facts:
        assert (reason.family, reason.kind) == (FAMILY, ReasonKind.DESCRIPTION)
        assert reason.value == reason.cap == 0
        assert 0 <= reason.expected <= 1
        assert 0 <= reason.observed <= 1
    assert _fact(found, "one_payer").observed == pytest.approx(0.6)
    assert _fact(found, "verified_business").observed == pytest.approx(0.1)
    assert _fact(found, "verified_business").expected == pytest.approx(0.005)


def test_tenants_of_a_service_on_one_card_are_one_customer(asked):
    """A service that opens an account per customer and pays for all; it names no organization."""
    found = asked({"payment_fingerprint": {"card": range(50)}})
    assert found.kind is Accountability.OPERATOR
    assert _fact(found, "one_payer").observed == 1
    named = asked({"payment_fingerprint": {"card": range(50)}}, payers=_organizations(*[1] * 50))
    assert named.kind is Accountability.OPERATOR, "also where each tenant has an organization id"


@pytest.mark.parametrize(
    ("n_paid", "kind"), [(48, "operator"), (45, "operator"), (44, "concealed"), (8, "concealed"), (5, "unknown")]
)
def test_one_card_for_nearly_all_is_one_customer_and_for_some_a_hidden_tie(asked, n_paid, kind):
    """The others may be members by mistake, if they are few; where many pay apart, the card ties what says it is apart."""
    held = {"payment_fingerprint": {"card": range(n_paid)} | _own(n_paid, 50)}
    assert asked(held).kind == kind


@pytest.mark.parametrize(("n_cards", "kind"), [(2, "operator"), (3, "operator"), (4, "concealed"), (10, "concealed")])
def test_a_service_may_pay_with_a_few_cards_and_not_with_many(asked, n_cards, kind):
    cards = {f"card-{i}": range(i, 50, n_cards) for i in range(n_cards)}
    assert asked({"payment_fingerprint": cards}).kind == kind


def test_verified_businesses_that_were_opened_anew_one_by_one_stay_independent(asked):
    """A provider moves its customers to new accounts: each opens an hour after an old one was closed."""
    closed = {i: LOG_S + i * DAY for i in range(25)}
    opened = {i: LOG_S + (i - 25) * DAY + HOUR for i in range(25, 50)} | dict.fromkeys(range(25), LOG_S - 300 * DAY)
    opened |= {i: LOG_S + (i % 25) * DAY + 12 * HOUR for i in range(50, SIZE)}
    cards = {"payment_fingerprint": _own(0, 50)}
    assert asked(cards, opened=opened, closed=closed).kind == "concealed"
    assert asked(cards, opened=opened, closed=closed, business=range(50)).kind == "independent"


def test_the_seats_of_a_company_are_one_customer(asked):
    found = asked({"device_fingerprint": {"desk": range(20)}}, payers=_organizations(50))
    assert found.kind is Accountability.OPERATOR
    assert _fact(found, "one_organization").observed == 1
    assert _fact(found, "hidden_ties").observed == 0


def test_two_companies_side_by_side_are_two_customers_and_hide_nothing(asked):
    held = {"payment_fingerprint": {"a": range(25), "b": range(25, 50)}, "device_fingerprint": {"x": range(10)}}
    found = asked(held, payers=_organizations(25, 25))
    assert found.kind is Accountability.OPERATOR, "two customers, who pay for all"
    apart = {"payment_fingerprint": _own(0, 50)}
    many = asked(apart, payers=_organizations(*[5] * 10))
    assert many.kind is Accountability.UNKNOWN, "ten names that nobody verified"
    assert _fact(found, "hidden_ties").observed == 0
    verified = asked(apart, payers=_organizations(*[5] * 10), business=range(50))
    assert verified.kind is Accountability.INDEPENDENT
    assert asked(held, payers=_organizations(46, 4)).kind is Accountability.OPERATOR


def test_an_organization_of_its_own_for_every_account_clears_nobody(asked):
    """Many providers make one for each account that is opened."""
    found = asked(payers=[f"org-{i}" for i in range(SIZE)])
    assert found.kind is Accountability.UNKNOWN
    assert _fact(found, "own_organizations").observed == _fact(found, "own_organizations").expected == 1


def test_who_names_no_organization_has_none_of_its_own(asked):
    assert _fact(asked(payers=_organizations(*[1] * 10)), "own_organizations").observed == pytest.approx(0.2)


@pytest.mark.parametrize(("n_verified", "kind"), [(50, "independent"), (38, "independent"), (37, "unknown")])
def test_verified_businesses_with_cards_of_their_own_are_independent(asked, n_verified, kind):
    held = {"payment_fingerprint": _own(0, 50)}
    assert asked(held, business=range(n_verified), payers=_organizations(*[1] * 50)).kind == kind


def test_other_verification_and_a_declared_purpose_clear_nobody(asked):
    held = {
        "payment_fingerprint": _own(0, 50), "verification": {"payment": range(50)},
        "declared_purpose": {"research": range(50)},
    }  # fmt: skip
    assert asked(held).kind is Accountability.UNKNOWN


def test_verified_businesses_that_share_cards_under_many_names_are_not_independent(asked):
    held = {"payment_fingerprint": {f"c{i}": range(5 * i, 5 * i + 5) for i in range(4)} | _own(20, 50)}
    assert asked(held, business=range(50)).kind is Accountability.CONCEALED


@pytest.mark.parametrize("means", MEANS)
def test_a_quarter_that_shares_means_under_separate_names_is_concealed(asked, means):
    """Three to a card, each under an organization of its own: nobody answers for them together."""
    held = {means: {f"v{i}": range(3 * i, 3 * i + 3) for i in range(4)} | _own(12, 50)}
    found = asked(held, payers=[f"org-{i}" for i in range(SIZE)])
    assert found.kind is Accountability.CONCEALED
    assert _fact(found, "hidden_ties").observed == pytest.approx(12 / 50)


def test_a_couple_in_a_group_of_fifty_is_not_concealed(asked):
    held = {"payment_fingerprint": {"ours": [0, 1]} | _own(2, 50), "phone_digest": {"ours": [0, 1]}}
    found = asked(held)
    assert found.kind is Accountability.UNKNOWN
    assert _fact(found, "hidden_ties").observed == pytest.approx(2 / 50)
    assert asked({"payment_fingerprint": {"ours": [0, 1], "theirs": [2, 3]}}, members=range(10)).kind == "unknown"


def test_a_device_that_a_whole_city_shares_is_no_tie(asked):
    """A public terminal, or a fingerprint that half of all phones give."""
    found = asked({"device_fingerprint": {"common": range(300)}})
    assert found.kind is Accountability.UNKNOWN
    assert _fact(found, "hidden_ties").observed == 0
    assert asked({"device_fingerprint": {"own": range(25)}}).kind is Accountability.CONCEALED


def test_students_of_one_school_who_share_lab_devices_are_not_concealed(asked):
    """Their mail domain is uncommon, so they act under one name; it is no one that answers for them."""
    held = {
        "email_domain": {"school.example": range(60)},
        "device_fingerprint": {"lab": range(20), "hall": range(20, 30)},
    }
    found = asked(held)
    assert found.kind is Accountability.UNKNOWN
    assert _fact(found, "hidden_ties").observed == 0


def test_a_public_mail_domain_is_no_name(asked):
    held = {"email_domain": {"mail.example": range(400)}, "device_fingerprint": {"lab": range(20)}}
    assert asked(held).kind is Accountability.CONCEALED


@pytest.mark.parametrize("also", [None, "card", "address"])
def test_a_mail_domain_of_their_own_needs_a_card_or_an_address_to_be_one_customer(asked, also):
    held = {"email_domain": {"firm.example": range(50)}, "payment_fingerprint": _own(0, 50)}
    if also == "card":
        held["payment_fingerprint"] = {"firm": range(50)}
    shared = {"shared_address": {"office": range(50)}} if also == "address" else {}
    kind = asked(held, shared=shared).kind
    assert kind == (Accountability.OPERATOR if also else Accountability.UNKNOWN)


def test_one_address_behind_many_names_is_no_customer(asked):
    assert asked(shared={"shared_address": {"exit": range(50)}}).kind is Accountability.UNKNOWN


def test_the_value_that_most_members_hold_is_the_one_that_counts(asked):
    """Each also has a card of its own; the one they all pay with is what they show, whichever stands first."""
    for name in ("a", "z"):
        held = {"payment_fingerprint": _own(0, 50, name="m") | {name: range(50)}}
        assert asked(held).kind is Accountability.OPERATOR


def test_what_others_hold_does_not_matter(asked):
    found = asked(
        {"payment_fingerprint": {"card": range(100, 160)}}, business=range(100, 1000), payers=[None] * 50 + ["x"] * 950
    )
    assert found.kind is Accountability.UNKNOWN
    assert _fact(found, "one_payer").observed == 0


def _opened(random, first, last, days=28):
    return {i: LOG_S + float(random.uniform(0, days)) * DAY for i in range(first, last)}


def test_accounts_that_open_when_another_closes_are_concealed(asked):
    random = np.random.default_rng(1)
    opened = _opened(random, 0, SIZE)
    closed = {i: LOG_S + float(random.uniform(1, 27)) * DAY for i in range(15)}
    opened |= {35 + i: at + float(random.uniform(0, 2)) * HOUR for i, at in closed.items()}
    opened |= dict.fromkeys(closed, LOG_S - DAY)
    found = asked(opened=opened, closed=closed)
    assert found.kind is Accountability.CONCEALED
    assert _fact(found, "successions").observed == pytest.approx(0.3, abs=0.1)


def test_who_joins_and_leaves_by_chance_follows_nobody(asked):
    """A new agency: all accounts are weeks old, some leave, others begin; most of the log is older."""
    for seed in range(20):
        random = np.random.default_rng(seed)
        opened = _opened(random, 0, 150) | dict.fromkeys(range(150, SIZE), LOG_S - 400 * DAY)
        closed = {i: opened[i] + float(random.uniform(0, 5)) * DAY for i in range(25)}
        found = asked(opened=opened, closed=closed)
        assert found.kind is Accountability.UNKNOWN, seed
        assert _fact(found, "successions").observed == 0, seed


def test_who_signs_up_in_one_hour_follows_nobody(asked):
    """A course or a hackathon: all open within an hour, and a few close the account that they opened by mistake."""
    random = np.random.default_rng(2)
    opened = _opened(random, 50, SIZE) | {i: LOG_S + float(random.uniform(0, HOUR)) for i in range(50)}
    found = asked(opened=opened, closed=dict.fromkeys(range(3), LOG_S + 20 * 60.0))
    assert found.kind is Accountability.UNKNOWN


def test_an_account_does_not_follow_its_own_closure(asked):
    """Some systems write the time of opening into every column of times."""
    random = np.random.default_rng(3)
    opened = _opened(random, 0, SIZE)
    found = asked(opened=opened, closed={i: opened[i] for i in range(50)})
    assert found.kind is Accountability.UNKNOWN
    assert _fact(found, "successions").observed == 0


@pytest.mark.parametrize("text", ["yesterday", "", "0001-01-01", "9999-12-31T23:59:59Z"])
def test_times_that_say_nothing_leave_the_answer_unknown(asked, text):
    found = asked(opened=dict.fromkeys(range(SIZE), text), closed=dict.fromkeys(range(25), text))
    assert found.kind is Accountability.UNKNOWN
    assert _fact(found, "successions").observed == 0


def test_how_many_opened_long_before_the_log_is_told(asked):
    opened = dict.fromkeys(range(10), LOG_S - 91 * DAY) | dict.fromkeys(range(10, 50), LOG_S - 89 * DAY)
    told = _fact(asked(opened=opened), "opened_before_log")
    assert told.observed == pytest.approx(0.2)
    assert told.expected == pytest.approx(0.01)


def test_renaming_every_value_changes_nothing(asked):
    """Which card is called what must not decide, also where two are held equally often."""
    random = np.random.default_rng(4)
    for _ in range(3):
        cards = [sorted(random.choice(50, 25, replace=False).tolist()) for _ in range(4)]
        shares = []
        for names in ("abcd", "dcba", "bdac"):
            found = asked({"payment_fingerprint": dict(zip(names, cards, strict=True)) | _own(0, 50)})
            shares.append((found.kind, _fact(found, "hidden_ties").observed))
        assert len(set(shares)) == 1


def test_a_small_firm_with_three_cards_hides_nothing_and_answers_for_nothing(asked):
    """Twelve people, four to a card, and no organization: too small to be taken for a customer who answers."""
    held = {"payment_fingerprint": {f"c{i}": range(4 * i, 4 * i + 4) for i in range(3)}}
    assert asked(held, members=range(12)).kind is Accountability.UNKNOWN
    more = {"payment_fingerprint": {f"c{i}": range(4 * i, 4 * i + 4) for i in range(5)}}
    assert asked(more, members=range(20)).kind is Accountability.CONCEALED


def test_people_at_one_address_hide_nothing(asked):
    """Six students in one flat, two of them with the card of a third."""
    held = {"payment_fingerprint": {"a": range(6)} | _own(6, 10)}
    assert asked(held, members=range(10)).kind is Accountability.CONCEALED
    assert asked(held, members=range(10), shared={"shared_address": {"flat": range(10)}}).kind == "unknown"


def test_verified_businesses_of_which_a_few_share_a_virtual_card_stay_independent(asked):
    held = {"payment_fingerprint": {"virtual": range(8)} | _own(8, 50)}
    assert asked(held, business=range(50)).kind is Accountability.INDEPENDENT
    assert asked(held, business=range(40)).kind is Accountability.CONCEALED


@pytest.mark.parametrize(
    ("n_verified", "card", "n_spared"),
    [(2, (), 2), (12, (), 12), (12, (0, 1, 2, 49), 9), (0, (), 0), (38, (), 0)],
)
def test_verified_businesses_among_others_answer_for_themselves(sample, bonds, facts_of, n_verified, card, n_spared):
    """Not those on a card with members under other names, and nobody where most members are verified."""
    drawn = sample(honest=SIZE, prompts=1)
    held = {"payment_fingerprint": {"ours": card} if card else {}}
    facts = facts_of(drawn, held, business=range(n_verified))
    spared = answers_for_itself(facts, Sharing(drawn.population, bonds(drawn.population, {})), MEMBERS)
    assert spared.sum() == n_spared
    assert not spared[n_verified:].any()
