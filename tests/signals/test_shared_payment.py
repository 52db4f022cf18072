"""A card: a few strangers with one card stand out, one firm's seats do not."""

OWN = {f"s{i}": f"card-s{i}" for i in range(500)}


def test_three_strangers_with_one_card_are_linked_strongly(bits, facts):
    links = bits("shared_payment", attributes=facts("payment_fingerprint", OWN | dict.fromkeys("abc", "card-1")))
    assert set(links) == {"a", "b", "c"}
    assert links["a"] > 6


def test_seats_that_one_organization_pays_for_openly_link_nobody(bits, facts):
    rows = facts("payment_fingerprint", OWN | dict.fromkeys("abc", "card-1"))
    assert bits("shared_payment", attributes=rows, payers=dict.fromkeys("abc", "firm")) == {}


def test_a_household_of_two_weighs_no_more_than_any_value_may(bits, facts):
    links = bits("shared_payment", attributes=facts("payment_fingerprint", OWN | dict.fromkeys("ab", "card-1")))
    assert max(links.values()) <= 12


def test_another_fact_with_the_same_value_is_not_a_card(find, facts):
    rows = facts("payment_fingerprint", {"a": "v"}) + facts("referrer", {"b": "v"})
    assert find("shared_payment", attributes=rows) == []
