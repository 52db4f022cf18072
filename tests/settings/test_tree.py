from pathlib import Path

import pytest
from pydantic import ValidationError

from stillwatch.errors import SettingsError
from stillwatch.settings import Settings, explain, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stillwatch.toml"
    path.write_text("[campaigns]\nmin_accounts = 7\nseed = 3\n[links]\nmax_bits = 9.5\n", "utf-8")
    return path


def test_the_digest_follows_the_values_and_knows_no_secret() -> None:
    plain = load(environment={}).digest()
    assert plain == Settings().digest()
    assert len(plain) == 16
    assert load(environment={"STILLWATCH_CAMPAIGNS__SEED": "2"}).digest() != plain
    one = load(environment={"STILLWATCH_INGEST__IDENTIFIER_KEY": "one key of the test"}).digest()
    assert one == load(environment={"STILLWATCH_INGEST__IDENTIFIER_KEY": "two keys of a test"}).digest()


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load(environment={}).campaigns.seed = 9  # type: ignore[misc]


def test_where_decisions_are_kept_is_a_secret_and_explains_no_result() -> None:
    environment = {"STILLWATCH_CASES__DATABASE": "postgresql://u:s3cret@h/db", "STILLWATCH_CASES__AUDIT_KEY": "/k"}
    loaded = load(environment=environment)
    assert loaded.cases.database.get_secret_value() == "postgresql://u:s3cret@h/db"
    assert "s3cret" not in repr(explain(environment=environment)) + repr(loaded)
    assert loaded.digest() == Settings().digest()


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_HOLDOUT", "1"), ("MAX_HOLDOUT", "-0.1"), ("TWO_PEOPLE_ABOVE", "-1"), ("OPEN_FROM", "all")]
)
def test_rules_of_cases_have_limits(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"cases.{name.lower()}"):
        load(environment={f"STILLWATCH_CASES__{name}": value})


def test_the_console_says_no_secret_and_explains_no_result() -> None:
    environment = {
        "STILLWATCH_CONSOLE__OIDC__CLIENT_SECRET": "hush",
        "STILLWATCH_CONSOLE__OIDC__ROLES": '{"Watch Leads" = "lead"}',
    }
    assert load(environment=environment).console.oidc.roles == {"Watch Leads": "lead"}
    shown = {value.name: value.value for value in explain(environment=environment)}
    assert shown["console.oidc.client_secret"] == "**********"
    assert load(environment=environment).digest() == Settings().digest()


def test_when_a_scan_ends_with_an_error_explains_no_result() -> None:
    assert load(environment={"STILLWATCH_INGEST__MAX_REJECTS": "0.9"}).digest() == Settings().digest()
