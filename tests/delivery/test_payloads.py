import json
from dataclasses import replace

import pytest

from stillwatch.delivery import payloads
from stillwatch.delivery.events import EventKind
from stillwatch.delivery.payloads import AccountFact, ActionFact, EventFacts, Shape

FACTS = EventFacts(
    kind=EventKind.CASE_JUDGED,
    sequence=7,
    at="2026-04-01T09:00:00.000000Z",
    case_id=2,
    campaign_id="cmp-20c4d8",
    severity="review",
    state="open",
    stands_at="confirmed",
    n_accounts=62,
    verdict="confirmed",
    action=None,
    appeal_id=None,
    accounts=(AccountFact("a", "confirmed"), AccountFact("b", "disputed")),
    part=1,
    parts=1,
    url="https://console.example/cases/2",
)
THROTTLE = ActionFact(3, "throttle", "in_force", dry_run=False, until="2026-05-01T00:00:00+00:00")


def told(facts, shape, type_name=""):
    return json.loads(payloads.body(facts, shape, type_name))


def test_our_own_shape_is_that_of_standard_webhooks():
    found = told(FACTS, Shape.EVENT)
    assert (found["type"], found["timestamp"], set(found)) == ("case.judged", FACTS.at, {"type", "timestamp", "data"})
    data = found["data"]
    assert data["case"]["id"] == 2
    assert data["case"]["url"] == FACTS.url
    assert data["verdict"] == "confirmed"
    assert data["accounts"] == [{"id": "a", "stands_at": "confirmed"}, {"id": "b", "stands_at": "disputed"}]
    assert "action" not in data
    appealed = replace(
        FACTS, appeal_id=4, action=THROTTLE, accounts=(AccountFact("a", "innocent", outcome="overturned"),)
    )
    data = told(appealed, Shape.EVENT)["data"]
    assert data["appeal"] == {"id": 4}
    assert data["action"]["kind"] == "throttle"
    assert data["accounts"][0]["outcome"] == "overturned"


def labels(facts):
    return {
        update["entity"]["id"]: {m["label_name"]: (m["status"], m["expires_at"]) for m in update["mutations"]}
        for update in told(facts, Shape.OSPREY, "User")["data"]["updates"]
    }


def test_osprey_gets_mutations_of_labels_per_entity():
    updates = told(FACTS, Shape.OSPREY, "User")["data"]["updates"]
    assert [update["entity"] for update in updates] == [
        {"type": "StillwatchCase", "id": "2"},
        {"type": "User", "id": "a"},
        {"type": "User", "id": "b"},
    ]
    # the fields of EntityLabelMutation, no more and no less, so that it can be built from them
    assert set(updates[1]["mutations"][0]) == {
        "label_name", "reason_name", "status", "pending", "description", "features", "expires_at",
    }  # fmt: skip
    mutation = updates[1]["mutations"][0]
    filled = mutation["description"].format(**mutation["features"])
    assert filled == f"Stillwatch case 2, which stands at confirmed: {FACTS.url}"
    assert labels(FACTS) == {
        "2": {"stillwatch_case_judged": (3, None)},
        "a": {"stillwatch_confirmed": (3, None)},
        "b": {"stillwatch_confirmed": (2, None)},
    }


def test_a_label_of_a_limit_goes_when_no_such_limit_is_left():
    limited = (AccountFact("a", "confirmed", is_limited=True), AccountFact("b", "confirmed"))
    found = labels(replace(FACTS, kind=EventKind.ACTION_UNDONE, action=THROTTLE, accounts=limited))
    assert found["a"]["stillwatch_throttle"] == (3, THROTTLE.until)
    assert found["b"]["stillwatch_throttle"] == (2, None)


def test_coop_gets_an_item():
    found = told(replace(FACTS, action=THROTTLE, appeal_id=4), Shape.COOP, "item-type")
    assert set(found) == {"items"}
    (item,) = found["items"]
    assert (item["id"], item["typeId"]) == ("stillwatch-case-2", "item-type")
    assert item["data"]["accounts"] == ["a", "b"]
    assert item["data"]["url"] == FACTS.url
    # a field of an item type is one value or a list of one kind of value
    plain = (str, int, bool)
    assert all(isinstance(v, plain) or all(isinstance(x, str) for x in v) for v in item["data"].values())
    assert told(replace(FACTS, part=2, parts=2), Shape.COOP, "t")["items"][0]["id"] == "stillwatch-case-2-2"


@pytest.mark.parametrize("shape", Shape)
def test_a_body_is_ascii_on_one_line_whatever_an_account_is_called(shape):
    odd = replace(FACTS, accounts=(AccountFact("\u202e<script>\n\u00e4", "open"),))
    text = payloads.body(odd, shape, "User")
    assert text.isascii()
    assert "\n" not in text
