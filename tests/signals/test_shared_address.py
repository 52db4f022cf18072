"""An address: a carrier's exit that thousands leave by says little, a machine with three strangers much."""


def _from(address, accounts):
    return [{"account_id": a, "client_ip": address} for a in accounts]


def test_a_carrier_s_exit_weighs_less_than_a_private_machine(contrast):
    popular, private = contrast("shared_address", "exchanges", lambda a, v: _from(f"198.51.{v // 200}.{v % 200}", [a]))
    assert popular < 2
    assert private > 6


def test_an_office_with_one_payer_links_nobody(bits):
    rows = _from("203.0.113.5", "abcd")
    assert bits("shared_address", exchanges=rows, payers=dict.fromkeys("abcd", "office")) == {}


def test_rows_without_an_address_share_none(find):
    assert find("shared_address", exchanges=[{"account_id": "a"}, {"account_id": "b"}]) == []


def test_the_address_of_hashed_logs_is_compared_whole(find):
    rows = [{"account_id": a, "client_ip": f"h:aaaa.{x}"} for a, x in (("a", "01"), ("b", "01"), ("c", "02"))]
    assert find("shared_address", exchanges=rows) == [{"a", "b"}]
