"""What a table is made of."""

import pyarrow as pa
import pytest

from stillwatch.tables.columns import Column, Sensitivity, Table

PLACE = Table(
    "place",
    "one place",
    (Column("name", pa.string(), "its name", sensitivity=Sensitivity.PERSONAL), Column("n", pa.int64(), "x", False)),
)


def test_a_schema_says_what_must_be_there():
    assert PLACE.schema == pa.schema([pa.field("name", pa.string(), nullable=False), pa.field("n", pa.int64())])
    assert PLACE.names == ("name", "n")


def test_a_column_is_found_by_name_and_is_the_operators_own_unless_it_says_otherwise():
    assert PLACE.column("name").sensitivity is Sensitivity.PERSONAL
    assert PLACE.column("n").sensitivity is Sensitivity.INTERNAL
    with pytest.raises(KeyError, match="nonsense"):
        PLACE.column("nonsense")
