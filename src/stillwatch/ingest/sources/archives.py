"""Tells archives of several files apart from logs. Archives are not read."""

from stillwatch.errors import FormatError

__all__ = ["require_no_archive"]

_TAR_SIGN = slice(257, 262)
"""Where the first header of a tar archive has the word ``ustar``."""


def require_no_archive(head: bytes, name: str) -> None:
    """Raise ``FormatError`` where the source *name*, which starts with *head*, is a ZIP or tar archive."""
    kind = "ZIP" if head[:4] == b"PK\x03\x04" else "tar" if head[_TAR_SIGN] == b"ustar" else ""
    if kind:
        raise FormatError(
            f"this is a {kind} archive, which is not read",
            where=name,
            remedy="Unpack it, and name the folder or its files.",
        )
