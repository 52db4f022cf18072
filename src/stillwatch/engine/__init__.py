"""Where tables live and queries run: one contract, one file per engine."""

from stillwatch.engine.contract import Engine, Frame
from stillwatch.engine.duckdb import DuckDBEngine

__all__ = ["DuckDBEngine", "Engine", "Frame"]
