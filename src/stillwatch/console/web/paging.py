"""Pages of a long list: the range that is shown, and the addresses of the previous and the next range."""

from collections.abc import Mapping
from urllib.parse import urlencode

from stillwatch.console.web.rendering import View

__all__ = ["PAGE", "Paging", "paged"]

PAGE = 100


class Paging(View):
    """The range of lines that is shown, out of ``total``, and the addresses of the previous and the next range."""

    start: int
    count: int
    total: int
    earlier: str | None
    later: str | None


def paged(path: str, start: int, total: int, *, count: int = PAGE, query: Mapping[str, object] | None = None) -> Paging:
    """Return the range of *count* lines from *start* on, of the list at *path*.

    *query* holds the further query parameters of the addresses.
    """

    def address(first: int) -> str:
        kept = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        named = kept | ({"start": first} if first else {})
        return f"{path}?{urlencode(named)}" if named else path

    return Paging(
        start=start,
        count=count,
        total=total,
        earlier=address(max(start - count, 0)) if start else None,
        later=address(start + count) if start + count < total else None,
    )
