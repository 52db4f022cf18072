import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import import_scan
from stillwatch.delivery.schema import Delivery

URL = "https://hooks.example/stillwatch"


@pytest.fixture
def root(crowd):
    return crowd.signed_in("administrator")


def add(browser, **more):
    fields = {"name": "A sink", "url": URL, "kinds": ["case.opened", "case.judged"], "shape": "osprey"} | more
    return browser.post("/hooks", **fields)


def lines(browser):
    return browser.client.get("/hooks.json").json()["hooks"]


def test_the_secret_is_shown_once(root):
    page = add(root, name="<b>", api_key="their key").text
    secret = page[page.index("whsec_") :].partition("<")[0]
    assert len(secret) == 50
    assert "&lt;b&gt;" in page
    again, facts = root.get("/hooks").text, root.client.get("/hooks.json").text
    assert URL in again
    assert "Osprey labels, type <bdi>User</bdi>, with an API key" in again
    assert not any(word in again + facts for word in (secret, "their key", "whsec_"))
    (line,) = lines(root)
    assert (line["kinds"], line["n_waiting"], line["made_by"]) == (["case.opened", "case.judged"], 0, "administrator")


def test_what_does_not_fit_is_said_beside_the_form_and_a_key_is_not_sent_back(root):
    answer = add(root, url="https://127.0.0.1/", api_key="their key", kinds=["case.closed"])
    assert answer.status_code == 422
    form = answer.text[answer.text.index('id="new"') :]
    assert "in a private network" in form
    assert 'value="https://127.0.0.1/"' in form
    assert form.count(" checked") == 1
    assert 'value="case.closed" checked' in form
    assert "their key" not in answer.text
    assert lines(root) == []


def test_it_is_stopped_resumed_retried_and_removed(root, desk):
    add(root)
    with desk.work(Actor("ann", Role.ANALYST), Permission.JUDGE) as work:
        import_scan.open_by_hand(work, "A tip", ["x"], "why")
    with desk.bookkeeping() as look:
        look.session.execute(sa.update(Delivery).values(state="given_up", last_at=look.now, outcome="It answered 500."))
    page = root.get("/hooks").text
    assert "It answered 500." in page
    assert "Retry given-up messages" in page
    assert root.post("/hooks/1/retry").status_code == 303
    assert lines(root)[0]["n_waiting"] == 1
    assert root.post("/hooks/1/stop").status_code == 303
    assert "stopped since" in root.get("/hooks").text
    assert root.post("/hooks/1/resume").status_code == 303
    assert lines(root)[0]["stopped_at"] is None
    assert root.post("/hooks/1/remove").status_code == 303
    assert lines(root) == []
    assert root.post("/hooks/1/remove").status_code == 404


def test_a_program_that_may_administer_adds_one(crowd):
    headers = {"Authorization": f"Bearer {crowd.token('administrator')}"}
    client = crowd.stranger().client
    sent = {"name": "Coop", "url": URL, "kinds": ["appeal.received"], "shape": "coop", "type_name": "abc"}
    made = client.post("/hooks.json", json=sent, headers=headers).json()
    assert made["secret"].startswith("whsec_")
    assert made["hook"]["type_name"] == "abc"
    refused = client.post("/hooks.json", json=sent | {"kinds": ["user.created"]}, headers=headers)
    assert refused.status_code == 422


def test_a_private_network_needs_a_setting_and_the_page_says_so(root):
    assert "Addresses in private networks are refused" in root.get("/hooks").text


def test_others_do_not_see_where_things_are_sent(crowd):
    for role in set(Role) - {Role.ADMINISTRATOR}:
        assert crowd.signed_in(role.value).get("/hooks").status_code == 403
