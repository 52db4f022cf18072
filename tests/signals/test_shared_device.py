"""A device: one image on most machines says nothing."""


def test_an_image_that_most_accounts_have_weighs_nothing_beside_a_rare_machine(contrast, facts):
    popular, private = contrast("shared_device", "attributes", lambda a, v: facts("device_fingerprint", {a: f"d-{v}"}))
    assert popular < 2
    assert private > 6


def test_a_device_seen_twice_on_one_account_is_one_trace(find, facts):
    rows = facts("device_fingerprint", {"a": "d"}) * 3
    assert find("shared_device", attributes=rows) == []
