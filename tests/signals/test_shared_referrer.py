"""A referral: a newsletter's readers weigh little, a private code's few users much."""


def test_a_newsletter_weighs_less_than_a_private_code(contrast, facts):
    popular, private = contrast("shared_referrer", "attributes", lambda a, v: facts("referrer", {a: f"r-{v}"}))
    assert popular < 2
    assert private > 6
