import pyarrow as pa

from stillwatch.ingest.rows.identifiers import Identifiers

COLUMNS = {
    "account_id": pa.array(["a", "b", "a"]),
    "organization_id": pa.array([None, "a", None]),
    "conversation_id": pa.array(["c", None, "c"]),
    "client_ip": pa.array(["203.0.113.9", "203.0.113.200", "2001:db8::1"]),
    "user_agent": pa.array(["ua", "ua", "ua"]),
}


def test_no_key_changes_nothing() -> None:
    assert Identifiers("").apply(COLUMNS) == COLUMNS
    assert Identifiers("").attribute("email", "a@example.org") == "a@example.org"


def test_a_key_hashes_identifiers_and_leaves_the_user_agent() -> None:
    hashed = {name: column.to_pylist() for name, column in Identifiers("key").apply(COLUMNS).items()}
    assert hashed["account_id"][0] == hashed["account_id"][2] != hashed["account_id"][1]
    assert len(hashed["account_id"][0]) == 32
    assert hashed["organization_id"][0] is None
    assert hashed["organization_id"][1] != hashed["account_id"][0], "one value in two columns must not show"
    assert hashed["user_agent"] == ["ua"] * 3


def test_addresses_keep_their_prefix_comparable() -> None:
    one, other, third = Identifiers("key").apply(COLUMNS)["client_ip"].to_pylist()
    assert one.startswith("h:")
    assert one.split(".")[0] == other.split(".")[0] != third.split(".")[0]
    assert one.split(".")[1] != other.split(".")[1]
    assert "203" not in one.split(".")


def test_another_key_gives_other_hashes_and_long_keys_count_whole() -> None:
    short, other = Identifiers("k1"), Identifiers("k2")
    assert short.hash("account_id", "a") != other.hash("account_id", "a")
    assert Identifiers("k" * 100).hash("x", "a") != Identifiers("k" * 101).hash("x", "a")


def test_attributes_are_hashed_unless_known_to_be_impersonal() -> None:
    identifiers = Identifiers("key")
    assert identifiers.attribute("plan", "pro") == "pro"
    assert identifiers.attribute("email_domain", "example.org") == "example.org"
    assert identifiers.attribute("verified_at", "2026-03-02T00:00:00Z") == "2026-03-02T00:00:00Z"
    assert identifiers.attribute("declared_purpose", "tutoring by Jo") != "tutoring by Jo", "free text can name people"
    assert identifiers.attribute("payment_fingerprint", "card") != "card"
    assert identifiers.attribute("telegram", "@a") != "@a", "an unknown column may be personal"
    assert identifiers.attribute("account_id", "a") == identifiers.hash("account_id", "a")
