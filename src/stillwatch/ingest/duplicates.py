"""Keeps one row per exchange id. The choice does not depend on the order of rows or files, nor on account names."""

from stillwatch.engine import Engine, Frame
from stillwatch.tables import REJECTS

__all__ = ["deduplicate"]

_REASON = "another row has this exchange_id and is kept"
# The digest leaves out three things: the time, which is compared first; floats, because engines write them
# differently; and columns that identify people, so that hashed identifiers keep the same row.
_NAMES = ("exchange_id", "account_id", "organization_id")
_PLAIN = ("string", "int32", "int64", "bool")
# These columns joined the table later. They are compared after the digest, so that a log without them keeps the rows
# that it kept before.
_LATER = ("n_samples", "logprobs", "seed", "batch", "answer_digests")
_WHERE = ("source", "position")


def deduplicate(engine: Engine, staged: Frame) -> tuple[Frame, Frame]:
    """Return (the exchanges without duplicates, rejects with ``tables.REJECTS`` for the other rows of an id).

    *staged* has the columns of ``tables.STAGED`` or of ``tables.SKETCHED``; the exchanges lose the columns ``source``
    and ``position``. The kept row is the earliest one, then the one with the smallest digest of its content, then the
    one with the smallest values in the later columns. Rows that are equal in all of these differ only in identifiers
    and position. Without duplicates the cost is one grouping of the ids.
    """
    repeated = engine.partitioned(
        "SELECT exchange_id FROM staged GROUP BY exchange_id HAVING count(*) > 1", "exchange_id", staged=staged
    )
    columns = ", ".join(f's."{name}"' for name in staged.schema.names if name not in _WHERE)
    if not any(batch.num_rows for batch in engine.arrow(repeated)):
        nothing = engine.query(f"SELECT source, position, '{_REASON}' AS reason FROM staged LIMIT 0", staged=staged)
        return engine.query(f"SELECT {columns} FROM staged s", staged=staged), nothing
    ranked = engine.write("repeated_rows", engine.query(_ranking(staged), staged=staged, repeated=repeated))
    exchanges = engine.query(
        f"SELECT {columns} FROM staged s LEFT JOIN repeated r ON s.exchange_id = r.exchange_id "
        f"WHERE r.exchange_id IS NULL UNION ALL SELECT {columns} FROM ranked s WHERE s.place = 1",
        staged=staged,
        repeated=repeated,
        ranked=ranked,
    )
    rejected = engine.query(
        f"SELECT {', '.join(REJECTS.names[:2])}, '{_REASON}' AS reason FROM ranked WHERE place > 1 "
        "ORDER BY source, position",
        ranked=ranked,
    )
    return exchanges, rejected


def _ranking(staged: Frame) -> str:
    left_out = (*_NAMES, *_WHERE, *_LATER)
    digested = [f.name for f in staged.schema if str(f.type) in _PLAIN and f.name not in left_out]
    # The prefix separates a missing value from an empty one, and the character 31 separates columns.
    content = " || ".join(f"coalesce('=' || CAST(s.{name} AS VARCHAR), '-') || chr(31)" for name in digested)
    order = (
        "s.at",
        f"md5({content})",
        "coalesce(s.temperature, -1)",
        *(["hex(coalesce(s.sketch, CAST('' AS BLOB)))"] if "sketch" in staged.schema.names else []),
        *(f"s.{name} NULLS FIRST" for name in _LATER),
        "coalesce(s.organization_id, '')",
        "s.account_id",
        "s.source",
        "s.position",
    )
    return (
        f"SELECT s.*, row_number() OVER (PARTITION BY s.exchange_id ORDER BY {', '.join(order)}) AS place "
        "FROM staged s INNER JOIN repeated r ON s.exchange_id = r.exchange_id"
    )
