from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.ingest.rows.conformance import conform
from stillwatch.ingest.rows.outcomes.rejects import Rejects
from stillwatch.ingest.rows.staging import RowStager
from stillwatch.settings import IngestSettings
from stillwatch.tables import STAGED


def test_rows_with_a_fault_leave_and_the_rest_is_finished(tmp_path: Path) -> None:
    columns = {
        "exchange_id": pa.array(["x1", "x2", "x3"]),
        "at": pa.array(["2026-03-02"] * 3),
        "account_id": pa.array(["a", None, "c"]),
        "model": pa.array(["m"] * 3),
        "status": pa.array(["ok"] * 3),
        "client_ip": pa.array(["203.0.113.9, 10.0.0.1", "203.0.113.9", "nowhere"]),
    }
    with Rejects(tmp_path / "rejects.parquet") as rejects:
        stage = RowStager(IngestSettings(trusted_hops=("10.0.0.0/8",)), rejects)
        batch = stage.finish(pa.array(["log"] * 3), pa.array([4, 5, 9]), conform(columns, 3))
    assert batch.schema.equals(STAGED.schema)
    assert [(r["account_id"], r["client_ip"], r["source"], r["position"]) for r in batch.to_pylist()] == [
        ("a", "203.0.113.9", "log", 4),
        ("c", None, "log", 9),
    ]
    assert pq.read_table(tmp_path / "rejects.parquet").to_pylist() == [
        {"source": "log", "position": 5, "reason": "account_id is missing"}
    ]
    assert stage.notices() == []
