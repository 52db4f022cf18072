from pathlib import Path

import pytest

from stillwatch.errors import SettingsError
from stillwatch.settings import Settings, explain, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stillwatch.toml"
    path.write_text("[campaigns]\nmin_accounts = 7\nseed = 3\n[links]\nmax_bits = 9.5\n", "utf-8")
    return path


def test_defaults_hold_where_nothing_is_said() -> None:
    assert load(environment={}) == Settings()


def test_flag_beats_environment_beats_file_beats_default(file: Path) -> None:
    environment = {"STILLWATCH_CAMPAIGNS__SEED": "4", "STILLWATCH_CAMPAIGNS__MIN_ACCOUNTS": "8"}
    loaded = load(file, environment, campaigns__seed=5)
    assert loaded.campaigns.seed == 5
    assert loaded.campaigns.min_accounts == 8
    assert loaded.links.max_bits == 9.5
    assert loaded.campaigns.false_discovery_rate == 0.01


def test_a_flag_that_was_not_given_changes_nothing(file: Path) -> None:
    assert load(file, {}, campaigns__seed=None).campaigns.seed == 3


def test_the_environment_can_name_the_file_and_an_argument_overrules_it(file: Path, tmp_path: Path) -> None:
    environment = {"STILLWATCH_SETTINGS": str(file)}
    assert load(environment=environment).campaigns.min_accounts == 7
    other = tmp_path / "other.toml"
    other.write_text("[campaigns]\nmin_accounts = 9\n", "utf-8")
    assert load(other, environment).campaigns.min_accounts == 9


def test_lists_in_the_environment_are_read_as_toml() -> None:
    loaded = load(environment={"STILLWATCH_INGEST__TRUSTED_HOPS": '["10.0.0.0/8", "2001:db8::/32"]'})
    assert loaded.ingest.trusted_hops == ("10.0.0.0/8", "2001:db8::/32")


def test_variables_of_other_programs_are_not_read() -> None:
    assert load(environment={"CAMPAIGNS__SEED": "9", "STILLWATCHX": "1", "PATH": "/bin"}) == Settings()


def test_a_signal_can_be_switched_off_by_name(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("[signals.shared_payment]\nstrength = 0.7\n[signals.same_start]\nenabled = false\n", "utf-8")
    loaded = load(path, {})
    assert (loaded.signals["shared_payment"].strength, loaded.signals["shared_payment"].enabled) == (0.7, True)
    assert not loaded.signals["same_start"].enabled


@pytest.mark.parametrize(
    ("name", "value", "nearest"),
    [
        ("STILLWATCH_CAMPAIGNS__MIN_ACOUNTS", "5", "campaigns.min_accounts"),
        ("STILLWATCH_LINKS__MAXBITS", "5", "links.max_bits"),
        ("STILLWATCH_CAMPAIGN__SEED", "5", "campaigns"),
    ],
)
def test_unknown_keys_fail_and_name_the_nearest(name: str, value: str, nearest: str) -> None:
    with pytest.raises(SettingsError, match=f"did you mean {nearest}"):
        load(environment={name: value})


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("[campaigns]\nmin_accounts = 1\nnonsense = 2\n[links]\nhub_share = 3.0\n", "utf-8")
    with pytest.raises(SettingsError) as error:
        load(path, {"STILLWATCH_ENGINE__THREADS": "many"})
    for name in ("campaigns.min_accounts", "campaigns.nonsense", "links.hub_share", "engine.threads"):
        assert name in error.value.what
    assert error.value.exit_code == 2


def test_a_bad_secret_is_not_quoted() -> None:
    with pytest.raises(SettingsError) as error:
        load(environment={"STILLWATCH_FEATURES__SKETCH_KEY": '["s3cret"]'})
    assert "s3cret" not in str(error.value)


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: no such settings file"):
        load(tmp_path / "nowhere.toml", {})
    broken = tmp_path / "broken.toml"
    broken.write_text("[campaigns\n", "utf-8")
    with pytest.raises(SettingsError, match=r"broken\.toml: not a readable TOML file"):
        load(broken, {})


def test_explain_says_where_each_value_came_from(file: Path) -> None:
    values = {v.name: v for v in explain(file, {"STILLWATCH_CAMPAIGNS__SEED": "4"})}
    assert (values["campaigns.seed"].value, values["campaigns.seed"].origin) == ("4", "environment")
    assert (values["campaigns.min_accounts"].value, values["campaigns.min_accounts"].origin) == ("7", str(file))
    assert values["links.hub_share"].origin == "default"
    assert values["links.max_bits"].unit == "bits"
    assert all(v.sentence.endswith(".") for v in values.values())


def test_secrets_are_masked_wherever_settings_are_shown() -> None:
    environment = {
        "STILLWATCH_INGEST__IDENTIFIER_KEY": "s3cret of a test",
        "STILLWATCH_FEATURES__SKETCH_KEY": "s3cret of a test",
    }
    assert load(environment=environment).ingest.identifier_key.get_secret_value() == "s3cret of a test"
    shown = repr(explain(environment=environment)) + repr(load(environment=environment))
    assert "s3cret" not in shown
    assert "****" in shown
