"""Fuzz tests of the JSON API from its own OpenAPI description: no request causes a server error."""

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error

from stillwatch.cases import Role

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(serve, make_scan):
    return serve(make_scan)


@pytest.fixture(scope="module")
def headers(served):
    return {"Authorization": f"Bearer {served.token(Role.LEAD)}", "Accept": "application/json"}


@pytest.fixture(scope="module")
def api(served, headers):
    found = httpx2.get(f"{served.url}/openapi.json", headers=headers)
    assert found.status_code == 200
    schema = schemathesis.openapi.from_dict(found.json())
    schema.config.update(base_url=served.url)
    return schema


def test_no_request_breaks_the_server(api, headers):
    asked = 0
    for found in api.get_all_operations():

        @settings(
            max_examples=15, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=found.ok().as_strategy())
        def knock(case):
            nonlocal asked
            asked += 1
            case.call_and_validate(headers=headers, checks=[not_a_server_error])

        knock()
    assert asked > 100


def test_the_description_has_every_address_of_the_api(served, headers):
    paths = httpx2.get(f"{served.url}/openapi.json", headers=headers).json()["paths"]
    assert len(paths) >= 15
    assert all(path.endswith(".json") for path in paths)
