"""What gateways answered in the last hour, for comparing with what a snapshot would deny."""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import sqlalchemy as sa

from stillwatch.cases import Desk
from stillwatch.cases.store.schema import ImportedScan
from stillwatch.enforcement.publishing.breadth import Traffic
from stillwatch.errors import InputError

__all__ = ["recent_traffic"]

_HOUR = timedelta(hours=1)


def recent_traffic(desk: Desk, folder: Path | None, now: datetime) -> Traffic:
    """Return the requests of the hour before *now* by account, from the Parquet files of canonical rows in *folder*.

    Without a folder nobody counts requests; the accounts of the last imported scan stand for those that are seen.
    Raises ``InputError`` where the folder cannot be read.
    """
    if folder is not None:
        return Traffic(_requests(folder, now), 0)
    query = sa.select(ImportedScan.n_accounts).order_by(ImportedScan.number.desc()).limit(1)
    with desk.look() as look:
        return Traffic(None, look.session.execute(query).scalar() or 0)


def _requests(folder: Path, now: datetime) -> dict[str, int]:
    try:
        # Rows are dated when they are written, so an older file holds nothing of the hour.
        young = [str(path) for path in folder.rglob("*.parquet") if path.stat().st_mtime >= (now - _HOUR).timestamp()]
        if not young and not folder.is_dir():
            raise FileNotFoundError
        if not young:
            return {}
        since = pa.scalar(now - _HOUR, pa.timestamp("us", "UTC"))
        rows = ds.dataset(young, format="parquet").to_table(columns=["account_id"], filter=pc.field("at") >= since)
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            "the log of the gateway cannot be read",
            where=str(folder),
            remedy="Name the folder of its Parquet files in gateway.traffic.",
        ) from error
    counted = rows.group_by("account_id").aggregate([("account_id", "count")])
    return dict(zip(counted["account_id"].to_pylist(), counted["account_id_count"].to_pylist(), strict=True))
