"""Spells out the characters that a terminal would obey, in text that comes from logs and people."""

import unicodedata

__all__ = ["plain"]

_OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that a terminal obeys or hides: control, format, lone surrogate, separators."""
_KEPT = frozenset("\n\t\u200c\u200d")
"""Line breaks and tabs, and the two joiners that words of some scripts need."""


def plain(text: str) -> str:
    """Return *text* with control and direction characters spelled out, such as ``\\x1b``.

    A terminal would obey an escape sequence in an account id or a title, and a direction mark would show another order
    than the text has.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in _KEPT or unicodedata.category(c) not in _OBEYED else _spelled(c) for c in text)


def _spelled(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
