"""Reads a world folder of the lab: canonical tables, and the honest accounts."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

__all__ = ["World"]


class World:
    """A folder with ``exchanges`` (Parquet file or folder), ``accounts.parquet`` and optionally ``truth.parquet``."""

    def __init__(self, folder: Path) -> None:
        self._db = duckdb.connect(config={"threads": 1})
        whole = folder / "exchanges"
        logs = f"{whole}/**/*.parquet" if whole.is_dir() else f"{folder}/exchanges.parquet"
        self._view("exchanges", logs)
        self._view("accounts", str(folder / "accounts.parquet"))
        self.has_truth = (folder / "truth.parquet").exists()
        if self.has_truth:
            self._view("truth", str(folder / "truth.parquet"))

    def _view(self, name: str, path: str) -> None:
        quoted = path.replace("'", "''")
        self._db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{quoted}')")

    def table(self, sql: str) -> pa.Table:
        """Return the result of *sql* over ``exchanges``, ``accounts`` and ``truth``."""
        return self._db.sql(sql).to_arrow_table()

    def columns(self, name: str) -> set[str]:
        """Return the columns of a table."""
        return set(self.table(f"SELECT * FROM {name} LIMIT 0").column_names)

    def honest(self) -> list[str]:
        """Return the accounts outside every campaign, sorted; empty without ``truth.parquet``."""
        if not self.has_truth:
            return []
        found = self.table("SELECT account_id FROM truth WHERE NOT is_campaign ORDER BY account_id")
        return list(found["account_id"].to_pylist())

    def trusted(self, share: float, seed: int) -> frozenset[str]:
        """Return a random *share* of the honest accounts, for the calibration of a peer."""
        honest = self.honest()
        order = np.random.default_rng(seed).permutation(len(honest))
        return frozenset(honest[i] for i in order[: round(share * len(honest))])

    def prompts(self, accounts: list[str], most: int) -> pa.Table:
        """Return the first *most* prompts of each of *accounts*: account_id, prompt, in order of time."""
        self._db.register("wanted", pa.table({"account_id": pa.array(accounts, pa.string())}))
        return self.table(
            f"""
            SELECT account_id, prompt FROM (
              SELECT e.account_id, e.prompt,
                     row_number() OVER (PARTITION BY e.account_id ORDER BY e.at, e.exchange_id) AS nth
              FROM exchanges AS e JOIN wanted USING (account_id) WHERE e.prompt IS NOT NULL AND e.prompt <> ''
            ) WHERE nth <= {most} ORDER BY account_id, nth
            """
        )
