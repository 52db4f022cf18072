"""A mail domain: large providers weigh nothing, a small domain of strangers much, a company's own nothing."""


def test_large_providers_weigh_little_and_a_domain_of_its_own_much(contrast, facts):
    popular, private = contrast(
        "shared_email_domain", "attributes", lambda a, v: facts("email_domain", {a: f"{v}.example"})
    )
    assert popular < 2
    assert private > 6


def test_colleagues_at_their_company_s_domain_are_not_linked(bits, facts):
    rows = facts("email_domain", dict.fromkeys("abcde", "firm.example"))
    assert bits("shared_email_domain", attributes=rows, payers=dict.fromkeys("abcde", "firm")) == {}


def test_addresses_themselves_are_not_compared(find):
    rows = [{"account_id": a, "name": "email", "value": "one@larch.example"} for a in "ab"]
    assert find("shared_email_domain", attributes=rows) == []
