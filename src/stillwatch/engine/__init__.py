"""Stores tables and runs queries: one contract, and one module per engine."""

from stillwatch.engine.contract import BatchFunction, Engine, Frame, Streaming
from stillwatch.engine.duckdb import DuckDBEngine
from stillwatch.engine.streams import in_order, streamed

__all__ = ["BatchFunction", "DuckDBEngine", "Engine", "Frame", "Streaming", "in_order", "streamed"]
