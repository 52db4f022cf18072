"""Settings of the engine."""

import re
from typing import Any, Literal

from pydantic import SecretStr, field_validator

from stillwatch.settings.setting import RoomSettings, leaves, setting

__all__ = ["EngineSettings"]

_SIZE = re.compile(r"\d+(\.\d+)? *(%|bytes?|([KMGT]i?)?B)", re.IGNORECASE | re.ASCII)


class EngineSettings(RoomSettings):
    """Where queries run: in this process (duckdb) or on a cluster (spark)."""

    kind: Literal["duckdb", "spark"] = setting("duckdb", "duckdb or spark. spark needs the extra stillwatch[spark].")
    memory_limit: str = setting("", "DuckDB: memory limit of queries, such as 4GB. Empty: the default of DuckDB.")
    threads: int = setting(0, "DuckDB: threads of queries. 0 uses every core.", unit="threads", ge=0, le=1024)
    spark_master: str = setting(
        "local[*]",
        "Spark: address of the master. Empty: the master that spark-submit gives. A running session is used as it is.",
    )
    spark_folder: str = setting(
        "",
        "Spark: URL of a folder for intermediate tables that every executor reaches. Empty: the work folder, which "
        "is enough for a local master only.",
    )
    spark_options: dict[str, SecretStr] = setting(
        {}, "Spark: any of its own options, by name. Only the names are shown, because some values are secrets."
    )

    @field_validator("memory_limit")
    @classmethod
    def _is_a_size(cls, value: str) -> str:
        if value and not _SIZE.fullmatch(value.strip()):
            raise ValueError("a size such as 4GB or 60% is right")
        return value.strip()

    @field_validator("spark_options", mode="before")
    @classmethod
    def _are_flat_texts(cls, value: Any) -> Any:
        """Return the options as flat texts: TOML's dotted keys become names, numbers and booleans become text."""
        if not isinstance(value, dict) or not value:
            return value
        return {".".join(path): _option(found) for path, found in leaves(value)}


def _option(value: Any) -> Any:
    """Return the value of a Spark option in Spark's spelling."""
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value
