from pathlib import Path

import pytest

from stillwatch.errors import SettingsError
from stillwatch.settings import Settings, explain, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stillwatch.toml"
    path.write_text("[campaigns]\nmin_accounts = 7\nseed = 3\n[links]\nmax_bits = 9.5\n", "utf-8")
    return path


def test_options_of_spark_are_flat_texts_however_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        '[engine]\nkind = "spark"\n[engine.spark_options]\nspark.executor.cores = 4\n"spark.eventLog.enabled" = true\n',
        "utf-8",
    )
    loaded = load(path, {"STILLWATCH_ENGINE__SPARK_OPTIONS": '{"spark.executor.memory" = "4g"}'}).engine
    assert loaded.kind == "spark"
    assert {name: value.get_secret_value() for name, value in loaded.spark_options.items()} == {
        "spark.executor.cores": "4",
        "spark.eventLog.enabled": "true",
        "spark.executor.memory": "4g",
    }


def test_options_of_spark_are_shown_by_name_alone_and_are_in_no_digest() -> None:
    key = "spark.hadoop.fs.s3a.secret.key"
    environment = {"STILLWATCH_ENGINE__SPARK_OPTIONS": f'{{"{key}" = "hush"}}'}
    (line,) = [value for value in explain(environment=environment) if value.name == "engine.spark_options"]
    assert (line.value, line.origin) == (key, "environment")
    loaded = load(environment=environment)
    other = load(environment={"STILLWATCH_ENGINE__SPARK_OPTIONS": f'{{"{key}" = "other"}}'})
    assert "hush" not in repr(loaded)
    assert loaded.digest() == other.digest() != Settings().digest()


@pytest.mark.parametrize("text", ['{"spark.x" = [1]}', "nothing of the kind"])
def test_options_of_spark_that_are_no_texts_fail(text: str) -> None:
    with pytest.raises(SettingsError, match=r"engine\.spark_options"):
        load(environment={"STILLWATCH_ENGINE__SPARK_OPTIONS": text})


def test_an_engine_that_there_is_not_fails() -> None:
    with pytest.raises(SettingsError, match=r"engine\.kind"):
        load(environment={"STILLWATCH_ENGINE__KIND": "ray"})


@pytest.mark.parametrize("text", ["lots", "4", "-4GB", "4 G B", "4XB", "GB"])
def test_a_memory_limit_that_is_no_size_fails(text: str) -> None:
    with pytest.raises(SettingsError, match=r"engine\.memory_limit: .*a size such as 4GB"):
        load(environment={"STILLWATCH_ENGINE__MEMORY_LIMIT": text})


@pytest.mark.parametrize("text", ["", "4GB", "1.5 GiB", "80%", "4000000000B"])
def test_a_memory_limit_is_what_duckdb_reads(text: str) -> None:
    assert load(environment={"STILLWATCH_ENGINE__MEMORY_LIMIT": text}).engine.memory_limit == text
