"""What the portable subset becomes in Spark's words; that both databases then agree is in ``test_spark.py``."""

import pytest

from stillwatch.engine.dialect import spark_sql
from stillwatch.errors import EngineError


def test_a_division_is_one_of_doubles() -> None:
    assert spark_sql("SELECT (a + 1.0) / b AS x FROM t") == (
        "SELECT CAST(`a` + 1.0 AS DOUBLE) / CAST(`b` AS DOUBLE) AS `x` FROM `t`"
    )


def test_divisions_inside_divisions_are_rewritten_too() -> None:
    assert spark_sql("SELECT a / (b / 2) AS x FROM t").count("CAST(`b` AS DOUBLE) / CAST(2 AS DOUBLE)") == 1


def test_what_is_cast_to_text_is_asked_for_its_type() -> None:
    text = spark_sql('SELECT CAST("at" AS VARCHAR) AS x FROM t')
    assert "TYPEOF(`at`) = 'timestamp' THEN CAST(`at` AS STRING) || '+00'" in text
    assert "TYPEOF(`at`) IN ('float', 'double') THEN RAISE_ERROR" in text


def test_a_cast_within_a_cast_is_rewritten_too() -> None:
    text = spark_sql("SELECT CAST(MD5(CAST(v AS VARCHAR)) AS VARCHAR) AS x FROM t")
    assert "TYPEOF(`v`)" in text
    assert "TYPEOF(MD5((CASE WHEN TYPEOF(`v`)" in text


def test_nulls_come_last_as_in_duckdb() -> None:
    assert "ORDER BY `a` NULLS LAST" in spark_sql("SELECT a FROM t ORDER BY a")


def test_names_are_quoted() -> None:
    assert spark_sql('SELECT "at", "group" FROM t') == "SELECT `at`, `group` FROM `t`"


@pytest.mark.parametrize("pattern", ["^x", "x$", "[.][0-9a-f]+$"])
def test_a_replacement_tied_to_an_end_passes(pattern: str) -> None:
    assert pattern in spark_sql(f"SELECT REGEXP_REPLACE(v, '{pattern}', '') AS x FROM t")


@pytest.mark.parametrize("sql", ["SELECT REGEXP_REPLACE(v, 'x', '') AS x", "SELECT REGEXP_REPLACE(v, 'a|b$', '') AS x"])
def test_a_replacement_that_means_two_things_is_refused(sql: str) -> None:
    with pytest.raises(EngineError, match="not portable"):
        spark_sql(sql)


@pytest.mark.parametrize("sql", ["SELEC a FROM t", "", "DROP TABLE t", "SELECT 1; SELECT 2", "SELECT (1"])
def test_what_is_not_one_select_is_an_engine_error(sql: str) -> None:
    with pytest.raises(EngineError, match="could not be planned") as error:
        spark_sql(sql)
    assert error.value.exit_code == 4
