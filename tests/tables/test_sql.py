import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from stillwatch.errors import InputError
from stillwatch.tables.sql import CleanText, SqlTable, UtcDateTime

SQLITE, POSTGRESQL = sqlite.dialect(), postgresql.dialect()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ELSEWHERE = NOON.astimezone(timezone(timedelta(hours=-9, minutes=-30)))


@pytest.mark.parametrize(("dialect", "stored"), [(SQLITE, NOON.replace(tzinfo=None)), (POSTGRESQL, NOON)])
def test_a_time_is_stored_in_utc_and_comes_back_with_its_zone(dialect, stored):
    kind = UtcDateTime()
    assert kind.process_bind_param(ELSEWHERE, dialect) == stored
    back = kind.process_result_value(stored, dialect)
    assert (back, back.utcoffset()) == (NOON, timedelta(0))
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None


def test_a_server_may_answer_in_its_own_zone():
    back = UtcDateTime().process_result_value(ELSEWHERE, POSTGRESQL)
    assert (back, back.utcoffset()) == (NOON, timedelta(0))


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="a datetime without a time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 2), SQLITE)  # noqa: DTZ001


@pytest.mark.parametrize("text", ["a\0b", "half \ud800", "\udfff"])
def test_text_that_one_of_the_databases_cannot_store_is_refused(text):
    with pytest.raises(InputError, match=r"cannot be stored\. Remove"):
        CleanText().process_bind_param(text, SQLITE)


@pytest.mark.parametrize("text", [None, "", "Zo\u00eb \u6728 \U0001f600", "\u202e\ufeff\x7f\x1b"])
def test_other_text_is_stored_as_it_is(text):
    assert CleanText().process_bind_param(text, SQLITE) == text


def test_every_annotation_has_its_type_and_every_constraint_its_name():
    types = SqlTable.type_annotation_map
    assert (types[datetime], types[str]) == (UtcDateTime, CleanText)
    assert {types[kind] for kind in (dict[str, Any], list[Any])} == {sa.JSON}
    assert set(SqlTable.metadata.naming_convention) >= {"ix", "uq", "fk", "pk"}


def test_the_tables_of_a_scan_load_no_sqlalchemy():
    code = "import stillwatch.tables, sys; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
