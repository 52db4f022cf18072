"""A client fingerprint: a browser's says nothing, a home-made client's much."""


def test_one_browser_version_weighs_less_than_a_home_made_client(contrast):
    popular, private = contrast(
        "shared_fingerprint", "exchanges", lambda a, v: [{"account_id": a, "client_fingerprint": f"t{v}"}]
    )
    assert popular < 2
    assert private > 6
