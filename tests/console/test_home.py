def test_the_start_page_leads_where_one_may_go(crowd):
    viewer, root = crowd.signed_in("viewer"), crowd.signed_in("administrator")
    places = viewer.client.get("/index.json").json()["places"]
    assert [place["name"] for place in places if place["path"]] == [
        "Queue", "Actions", "Appeals", "Allowances", "Accounts", "Saved views", "Scans", "Compare scans", "Precision",
        "Your account",
    ]  # fmt: skip
    assert "/people" not in viewer.get("/").text
    assert 'href="/audit"' not in viewer.get("/").text
    assert all(f'href="{path}"' in root.get("/").text for path in ("/audit", "/hooks"))
    assert 'href="/people"' in root.get("/").text


def test_the_description_is_for_those_who_may_look_and_has_every_twin(crowd):
    described = crowd.signed_in("viewer").client.get("/openapi.json").json()
    assert crowd.stranger().client.get("/openapi.json", headers={"Accept": "application/json"}).status_code == 401
    twins = {route.path for route in crowd.app.routes if route.path.endswith(".json")} - {"/openapi.json"}
    assert set(described["paths"]) == twins
    assert described["security"] == [{"token": []}]
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert {"401", "403", "422"} <= set(operation["responses"]), path
            assert "Needs: " in operation["description"], path
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            assert "$ref" in schema, path


def test_there_is_no_page_of_somebody_elses_scripts(crowd):
    browser = crowd.signed_in("viewer")
    assert [browser.get(path).status_code for path in ("/docs", "/redoc")] == [404, 404]
