"""Where queries run."""

from typing import Any, Literal

from pydantic import SecretStr, field_validator

from stillwatch.settings.setting import RoomSettings, leaves, setting

__all__ = ["EngineSettings"]


class EngineSettings(RoomSettings):
    """Where queries run: in this process (duckdb) or on a cluster (spark)."""

    kind: Literal["duckdb", "spark"] = setting("duckdb", "duckdb, or spark where stillwatch[spark] is installed.")
    memory_limit: str = setting("", "DuckDB: most memory for queries, such as 4GB; empty leaves it to the engine.")
    threads: int = setting(0, "DuckDB: threads for queries; 0 uses every core.", unit="threads", ge=0)
    spark_master: str = setting(
        "local[*]", "Spark: where it runs; empty leaves it to spark-submit. A session that runs already is used."
    )
    spark_folder: str = setting(
        "",
        "Spark: URL of a folder that every executor reaches, for intermediate tables; empty is the work folder, which "
        "does for a local master alone.",
    )
    spark_options: dict[str, SecretStr] = setting(
        {}, "Spark: any of its own options by name; values are shown as names alone, for some are secrets."
    )

    @field_validator("spark_options", mode="before")
    @classmethod
    def _are_flat_texts(cls, value: Any) -> Any:
        """Take TOML's dotted keys for the names that they spell, and numbers and booleans for their text."""
        if not isinstance(value, dict) or not value:
            return value
        return {".".join(path): _option(found) for path, found in leaves(value)}


def _option(value: Any) -> Any:
    """Return a value of a Spark option as Spark spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value
