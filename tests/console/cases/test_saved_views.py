import pytest


@pytest.fixture
def ann(crowd):
    return crowd.signed_in("analyst")


def test_filters_are_saved_shown_and_removed(ann, crowd):
    assert "No saved views" in ann.get("/views").text
    answer = ann.post("/views", name="Urgent <b>", query="severity=urgent&state=open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/views")
    page = ann.get("/views").text
    assert 'href="/cases?state=open&amp;severity=urgent"' in page
    assert "<bdi>Urgent &lt;b&gt;</bdi>" in page
    assert crowd.signed_in("viewer").client.get("/views.json").json()["views"] == []
    (view,) = ann.client.get("/views.json").json()["views"]
    assert view["filters"] == {"state": "open", "severity": "urgent"}
    assert ann.get(view["path"]).status_code == 200
    assert ann.post(f"/views/{view['view_id']}/remove").status_code == 303
    assert ann.client.get("/views.json").json()["views"] == []


def test_every_filter_of_a_view_is_one_that_the_queue_takes(ann):
    ann.post("/views", name="All of them", query="state=all&severity=watch&assigned=ben&word=100%25")
    path = ann.client.get("/views.json").json()["views"][0]["path"]
    filters = ann.client.get(path.replace("/cases", "/cases.json")).json()["filters"]
    assert filters == {"state": "all", "severity": "watch", "assigned": "ben", "word": "100%"}


def test_what_is_shared_all_see_and_administrators_remove(ann, crowd):
    ann.post("/views", name="For all", shared="true")
    viewer, root = crowd.signed_in("viewer"), crowd.signed_in("administrator")
    number = viewer.client.get("/views.json").json()["views"][0]["view_id"]
    assert "Remove view" not in viewer.get("/views").text
    assert viewer.post(f"/views/{number}/remove").status_code == 404
    assert "Remove view" in root.get("/views").text
    assert root.post(f"/views/{number}/remove").status_code == 303


def test_what_does_not_fit_is_said_beside_the_form_with_what_was_written(ann):
    answer = ann.post("/views", name="Mine", query="owner=ann", shared="true")
    assert answer.status_code == 422
    form = answer.text[answer.text.index('id="new"') :]
    assert 'role="alert"' in form
    assert "The queue has no such filter" in form
    assert 'value="Mine"' in form
    assert 'value="owner=ann"' in form
    assert " checked" in form


def test_a_program_is_told_so_in_json(crowd):
    headers = {"Authorization": f"Bearer {crowd.token('analyst')}"}
    client = crowd.stranger().client
    assert client.post("/views.json", json={"name": "A", "query": "x=1"}, headers=headers).status_code == 422
    made = client.post("/views.json", json={"name": "A", "query": "word=x"}, headers=headers).json()
    assert (made["owner"], made["path"], made["may_remove"]) == ("analyst", "/cases?word=x", True)
    assert client.post(f"/views/{made['view_id']}/remove.json", headers=headers).json() == {"removed": made["view_id"]}


def test_the_form_begins_with_what_the_queue_was_asked(ann):
    assert 'value="word=a&amp;state=all"' in ann.get("/views", params={"query": "word=a&state=all"}).text
