"""Translates the portable subset from DuckDB's dialect to Spark's with sqlglot, and rewrites the remaining differences.

Both databases give the same value for almost every expression of the subset. Where they differ, the query is rewritten,
so that digests of values are the same on both:

- A time as text ends in ``+00``, as in DuckDB. A float as text is refused, because the engines write it differently.
- A division uses doubles, because Spark rounds decimals to six places.
- ``REGEXP_REPLACE`` replaces one match in DuckDB and all matches in Spark, so its pattern must be anchored with ^ or $.

Only Spark knows the types of columns. Its planner treats ``TYPEOF`` of a column as a constant, so a rewrite that tests
the type costs nothing at run time.
"""

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from stillwatch.errors import EngineError

__all__ = ["spark_sql"]

_REMEDY = "The portable subset is described in stillwatch.engine.contract."
_TEXT = (exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR)


def spark_sql(sql: str) -> str:
    """Return *sql*, a SELECT in the portable subset, in Spark's dialect.

    Raises ``EngineError`` where *sql* is not portable.
    """
    try:
        (tree,) = sqlglot.parse(sql, read="duckdb")
        if not isinstance(tree, exp.Query):
            raise EngineError("a query could not be planned (no SELECT)", where="spark", remedy=_REMEDY)
        # A rewrite puts the old node inside the new one. So nodes are listed first, and the innermost goes first.
        for node in reversed(list(tree.find_all(exp.Cast, exp.Div, exp.RegexpReplace))):
            if (new := _rewritten(node)) is not node:
                node.replace(new)
        return tree.sql("spark", identify=True, unsupported_level=ErrorLevel.RAISE)
    except (SqlglotError, ValueError) as error:
        raise EngineError(
            f"a query could not be planned ({type(error).__name__})", where="spark", remedy=_REMEDY
        ) from error


def _rewritten(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Div):
        return exp.Div(this=_as_double(node.this), expression=_as_double(node.expression), typed=True, safe=False)
    if isinstance(node, exp.RegexpReplace):
        pattern = node.expression
        anchored = isinstance(pattern, exp.Literal) and (pattern.this[:1] == "^" or pattern.this[-1:] == "$")
        if not anchored or "|" in pattern.this:
            raise EngineError("REGEXP_REPLACE of a pattern without ^ or $ is not portable", where="spark")
        return node
    return _cast(node)


def _cast(node: exp.Expression) -> exp.Expression:
    value = node.this
    literal = isinstance(value, exp.Literal) and value.is_string
    return node if node.args["to"].this not in _TEXT or literal else _as_text(value)


def _as_text(value: exp.Expression) -> exp.Expression:
    kind = exp.Anonymous(this="TYPEOF", expressions=[value.copy()])
    text = exp.cast(value.copy(), "TEXT")
    zoned = exp.DPipe(this=exp.cast(value.copy(), "TEXT"), expression=exp.Literal.string("+00"), safe=True)
    refused = exp.Anonymous(
        this="RAISE_ERROR", expressions=[exp.Literal.string("a float as text differs between engines")]
    )
    floats = exp.In(this=kind.copy(), expressions=[exp.Literal.string("float"), exp.Literal.string("double")])
    times = exp.EQ(this=kind, expression=exp.Literal.string("timestamp"))
    return exp.Paren(
        this=exp.Case(ifs=[exp.If(this=times, true=zoned), exp.If(this=floats, true=refused)], default=text)
    )


def _as_double(value: exp.Expression) -> exp.Expression:
    return exp.cast(value.unnest().copy(), "DOUBLE")
