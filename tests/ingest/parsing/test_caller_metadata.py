from typing import Any

import pytest

from stillwatch.ingest.parsing.caller_metadata import caller_facts, pairs


@pytest.mark.parametrize("name", ["user_id", "userId", "User-Id", "Helicone-User-Id", "USER ID"])
def test_one_name_in_many_spellings(name: str) -> None:
    assert caller_facts({name: "acct-7"})["account_id"] == "acct-7"


@pytest.mark.parametrize("metadata", ['{"user_id": 7}', [("user_id", 7)], [["user_id", 7]]])
def test_text_and_pairs_are_metadata(metadata: Any) -> None:
    assert caller_facts(metadata)["account_id"] == 7


def test_the_more_exact_name_counts() -> None:
    found = caller_facts(
        {"user": "a name", "user_id": "acct-7", "tenant": "org-1", "session": "c-1", "ip": "192.0.2.1"}
    )
    assert found == {
        "account_id": "acct-7",
        "organization_id": "org-1",
        "conversation_id": "c-1",
        "client_ip": "192.0.2.1",
        "user_agent": None,
    }


@pytest.mark.parametrize("metadata", [None, "", "text", 7, [], {"user": {"id": 7}, "user_id": True}, {"user": None}])
def test_nothing_is_nobody(metadata: Any) -> None:
    assert set(caller_facts(metadata).values()) == {None}


def test_pairs_of_a_map_column() -> None:
    assert pairs([("a", 1), ("b", None), (1, 2), "x"]) == {"a": 1, "b": None}
