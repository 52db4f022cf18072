"""Redacts a prompt before it is stored: e-mail and network addresses, keys, and long numbers.

The redaction uses patterns. Names of people and places stay, so the text is still personal data. It is stored for a
limited time and shown for a stated reason only (``exemplars``).
"""

import re

__all__ = ["masked", "redacted"]

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "key",
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    ),
    ("e-mail", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("address", re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)),
    # Long runs of letters and digits: tokens, digests, generated passwords.
    ("key", re.compile(r"\b(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[\w-]{20,}")),
    ("address", re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")),
    ("address", re.compile(r"\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b", re.IGNORECASE)),
    ("number", re.compile(r"(?<![\w.])\+?\d(?:[ ().-]{0,2}\d){6,}(?![\w])")),
)
_WORD = re.compile(r"\S+")
_SHOWN = 4


def redacted(text: str) -> str:
    """Return *text* with each e-mail address, network address, key and long number replaced by its kind in brackets."""
    for kind, pattern in _PATTERNS:
        text = pattern.sub(f"[{kind}]", text)
    return text


def masked(text: str) -> str:
    """Return the first four words of *text* and the number of the others: the part that is shown without a reason."""
    words = _WORD.findall(text)
    more = len(words) - _SHOWN
    return " ".join(words[:_SHOWN]) + (f" … {more} more words" if more > 0 else "")
