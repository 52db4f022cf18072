"""Reads JSON also where its writer leaves the standard in one value, so that a field that nobody reads costs no row.

Python writes ``NaN`` and ``Infinity``, a text that was cut can end in half of a character, numbers can exceed every
type, and hand-made JSON holds raw tabs and line breaks. Tables of pandas hold objects as Python writes them.
"""

import ast
import json
import math
import re
from typing import Any

import orjson

__all__ = ["loads", "of_python"]

_LONGEST = 20
"""Characters of the longest whole number of 64 bits. Python refuses to convert thousands of digits."""


_LONGEST_LITERAL = 1 << 20
"""Characters of the longest text of Python that is read; reading it takes a hundred times its size in memory."""
_LITERAL = re.compile(r"(?:\{|\[\{)\s*['\"]")
_ODD_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(?![\\'nrtxuU])")
"""A backslash before a sign before which Python writes none."""


def loads(written: bytes | str) -> Any:
    """Return the value of a JSON text; NaN, infinities and numbers beyond a float are None.

    Half of a surrogate pair becomes U+FFFD. Raises ``ValueError`` where the text is no JSON, not UTF-8, or nested more
    than 1,024 levels deep.
    """
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return _tolerant(written)


def of_python(written: str) -> Any:
    """Return the object, or list of objects, that Python wrote with ``repr``, as JSON has it.

    Raises ``ValueError`` where the text is none.
    """
    if len(written) > _LONGEST_LITERAL or not _LITERAL.match(written) or _ODD_ESCAPE.search(written):
        raise ValueError("no object of Python")
    try:
        return orjson.loads(orjson.dumps(ast.literal_eval(written)))
    except (SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError("no object of Python") from error


def _tolerant(written: bytes | str) -> Any:
    text = written.decode() if isinstance(written, bytes) else written
    if text.lstrip()[:1] not in ("{", "["):
        raise ValueError("no JSON object or array")
    try:
        found = _DECODER.decode(text)
        again = json.dumps(found, ensure_ascii=False)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    # The strict reader has the last word, so that every line has the same types and the same limit of depth.
    return orjson.loads(again.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _finite(written: str) -> float | None:
    value = float(written)
    return value if math.isfinite(value) else None


def _whole(written: str) -> float | None:
    """Return a whole number as the strict reader does: beyond 64 bits it becomes a float."""
    value = int(written) if len(written) <= _LONGEST else 2**64
    return value if -(2**63) <= value < 2**64 else _finite(written)


_DECODER = json.JSONDecoder(parse_constant=lambda _: None, parse_float=_finite, parse_int=_whole, strict=False)
