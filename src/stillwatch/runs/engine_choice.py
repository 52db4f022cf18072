"""Opens the engine that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stillwatch import plugins
from stillwatch.engine import DuckDBEngine, Engine
from stillwatch.settings import Settings

__all__ = ["open_engine"]


@contextmanager
def open_engine(settings: Settings, folder: Path) -> Iterator[Engine]:
    """Yield the engine of the settings over the work folder *folder*."""
    chosen = settings.engine
    if chosen.kind == "duckdb":
        with DuckDBEngine(folder, memory_limit=chosen.memory_limit, threads=chosen.threads) as engine:
            yield engine
        return
    try:
        from stillwatch.engine.spark import SparkEngine
    except ImportError as error:
        raise plugins.not_installed(error, extra="spark", asked_by="engine.kind spark") from error
    place = f"{chosen.spark_folder.rstrip('/')}/{folder.name}" if chosen.spark_folder else folder
    options = {name: value.get_secret_value() for name, value in chosen.spark_options.items()}
    with SparkEngine(place, master=chosen.spark_master, options=options) as engine:
        try:
            yield engine
        finally:
            engine.remove()
