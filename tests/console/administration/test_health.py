from stillwatch.cases import Permission
from stillwatch.errors import EngineError


def test_a_prober_asks_by_address_and_learns_whether_it_works(crowd, monkeypatch, caplog):
    client = crowd.stranger().client
    answer = client.get("/healthz", headers={"Host": "10.0.0.7:8470"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert client.get("/cases", headers={"Host": "10.0.0.7:8470"}).status_code == 421

    def fail():
        raise EngineError("no room", where="postgresql://db.internal/cases")

    monkeypatch.setattr(crowd.app.state.console.desk, "look", fail)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing"})
    assert "EngineError at " in caplog.text
    assert "db.internal" not in answer.text + caplog.text


def test_prometheus_reads_the_metrics_with_a_token(crowd, taken):
    client = crowd.stranger().client
    assert client.get("/metrics", headers={"Accept": "text/plain"}).status_code in (303, 401)
    headers = {"Authorization": f"Bearer {crowd.token('viewer', Permission.VIEW)}"}
    client.get("/cases/1.json", headers=headers)
    client.get("/cases/99.json", headers=headers)
    answer = client.get("/metrics", headers=headers)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    for line in (
        'stillwatch_http_requests_total{method="GET",route="/cases/{case_id}.json",status="200"} 1',
        'stillwatch_http_requests_total{method="GET",route="/cases/{case_id}.json",status="404"} 1',
        'stillwatch_cases{state="open",severity="review"} 1',
    ):
        assert line in answer.text
