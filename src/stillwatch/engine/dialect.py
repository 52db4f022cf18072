"""The portable subset in Spark's words: sqlglot writes the text, and what it leaves different is rewritten here.

The two databases give one value to almost every expression of the subset. Where they do not, the query is changed and
never the answer, so that a digest made of a value is the same on both:

- a time as text ends in ``+00``, as DuckDB writes it; a float as text is refused, because its spelling differs;
- a division is one of doubles, where Spark would round decimals to six places;
- ``REGEXP_REPLACE`` replaces once in DuckDB and everywhere in Spark, so its pattern must be tied to an end of the text.

What a column's type is only Spark knows. ``TYPEOF`` of a column is a constant to its planner, so a rewrite that asks
for the type costs nothing when the query runs.
"""

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from stillwatch.errors import EngineError

__all__ = ["spark_sql"]

_REMEDY = "The portable subset is described in stillwatch.engine.contract."
_TEXT = (exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR)


def spark_sql(sql: str) -> str:
    """Return *sql*, a SELECT in the portable subset, as Spark runs it; raises ``EngineError`` where it cannot be."""
    try:
        (tree,) = sqlglot.parse(sql, read="duckdb")
        if not isinstance(tree, exp.Query):
            raise EngineError("a query could not be planned (no SELECT)", where="spark", remedy=_REMEDY)
        # A rewrite puts the node it replaces inside the new one, so each is listed first and the innermost comes last.
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
        tied = isinstance(pattern, exp.Literal) and (pattern.this[:1] == "^" or pattern.this[-1:] == "$")
        if not tied or "|" in pattern.this:
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
