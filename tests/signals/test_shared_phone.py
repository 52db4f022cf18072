"""A phone number: reassigned numbers and empty fields must not make a crowd."""


def test_an_account_with_two_numbers_is_linked_by_either(find, facts):
    rows = (
        facts("phone_digest", {"a": "p-1", "b": "p-2"})
        + facts("phone_digest", {"c": "p-1"})
        + facts("phone_digest", {"c": "p-2"})
    )
    assert find("shared_phone", attributes=rows) == [{"a", "c"}, {"b", "c"}]


def test_an_empty_number_is_no_number(find, facts):
    assert find("shared_phone", attributes=facts("phone_digest", {"a": "", "b": ""})) == []


def test_an_office_that_verifies_with_its_switchboard_links_nobody(bits, facts):
    rows = facts("phone_digest", dict.fromkeys("abcd", "switchboard"))
    assert bits("shared_phone", attributes=rows, payers=dict.fromkeys("abcd", "office")) == {}
