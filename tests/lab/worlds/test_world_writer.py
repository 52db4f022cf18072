import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.lab.crowds.honest_users import build_honest_users
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.worlds.world_writer import account_table, day_tables, hex_identifiers, truth_table
from stillwatch.tables import ACCOUNTS, EXCHANGES, TRUTH


def test_hex_identifiers_have_sixteen_digits() -> None:
    assert hex_identifiers("", np.array([0, 255])).to_pylist() == ["0" * 16, "0" * 14 + "ff"]
    assert hex_identifiers("acc_", np.array([1])).to_pylist() == ["acc_" + "0" * 15 + "1"]


def test_tables_have_the_schemas_and_belong_together(context: WorldContext) -> None:
    crowd = build_honest_users(context, 60, "agent")
    accounts, truth = account_table(context, crowd), truth_table(context, crowd)
    assert accounts.schema == ACCOUNTS.schema
    assert truth.schema == TRUTH.schema
    assert accounts["account_id"].to_pylist() == truth["account_id"].to_pylist()
    rows = pa.concat_tables([table for _, table in day_tables(context, crowd)])
    assert rows.schema == EXCHANGES.schema
    assert len(rows) == len(crowd.rows)
    first = rows.group_by("account_id").aggregate([("at", "min")]).join(accounts, "account_id")
    assert pc.all(pc.less(first["created_at"], first["at_min"])).as_py()


def test_days_hold_their_own_rows_in_order(context: WorldContext) -> None:
    crowd = build_honest_users(context, 60, "chat")
    for day, table in day_tables(context, crowd):
        assert set(pc.strftime(table["at"], "%Y-%m-%d").to_pylist()) <= {day}
        assert table["at"].to_pylist() == sorted(table["at"].to_pylist())
