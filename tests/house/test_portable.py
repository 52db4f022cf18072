"""SQL that extensions bring stays in the portable subset: it transpiles for a second engine, and uses no engine's own."""

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from stillwatch import signals

SELECTS = {
    name if table == "select" else f"{name}.{table}": select
    for name, signal in signals.load().items()
    for table, select in (("select", signal.select), *((step.table, step.select) for step in signal.steps))
}
FORBIDDEN = {"HASH", "RANDOM", "RAND", "UUID", "NOW", "CURRENT_TIMESTAMP", "CURRENT_DATE"}


def problems(sql: str) -> list[str]:
    """Return why *sql* is not portable; nothing where it is."""
    try:
        (tree,) = sqlglot.parse(sql, read="duckdb")
        sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
    except (SqlglotError, ValueError) as error:
        return [type(error).__name__]
    if tree is None:
        return ["empty"]
    called = {(f.name if isinstance(f, exp.Anonymous) else f.sql_name()).upper() for f in tree.find_all(exp.Func)}
    found = sorted(called & FORBIDDEN)
    for select in tree.find_all(exp.Select):
        if select.args.get("limit") and not select.args.get("order"):
            found.append("LIMIT without ORDER BY")
    for division in tree.find_all(exp.Div):
        divisor = division.expression.unnest()
        if not isinstance(divisor, exp.Literal | exp.Nullif | exp.Greatest):
            found.append(f"unguarded division by {divisor.sql()}")
    return found


@pytest.mark.parametrize("name", SELECTS)
def test_signals_are_portable(name: str) -> None:
    assert problems(SELECTS[name]) == [], "docs/howto/add-a-signal.md, SQL, says what every engine runs"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT account_id, COUNT(*) AS n FROM exchanges GROUP BY account_id", []),
        ("SELECT a / NULLIF(b, 0) AS x FROM t", []),
        ("SELECT a / 2 AS x FROM t ORDER BY a LIMIT 3", []),
        ("SELECT HASH(a) AS x FROM t", ["HASH"]),
        ("SELECT RANDOM() AS x FROM t", ["RAND"]),
        ("SELECT a FROM t LIMIT 3", ["LIMIT without ORDER BY"]),
        ("SELECT a / b AS x FROM t", ["unguarded division by b"]),
        ("SELECT FROM WHERE", ["ParseError"]),
    ],
)
def test_the_rule_can_fail(sql: str, found: list[str]) -> None:
    assert problems(sql) == found
