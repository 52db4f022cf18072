"""Combines ``--format`` and ``--map``: the names of sources, and the format that reads them."""

from collections.abc import Sequence

import typer

from stillwatch import ingest

__all__ = ["logs_and_format"]


def logs_and_format(
    named: Sequence[str], log_format: str | None, mapped: Sequence[str] | None
) -> tuple[list[str], str | ingest.Format | None]:
    """Return the sources among the *named* arguments, and the format to read them in; None where it is detected.

    With ``--map``, further pairs may stand among the arguments: ``--map at=time account_id=user``.
    """
    if not mapped:
        return list(named), log_format
    if log_format is not None:
        raise typer.BadParameter("give --map or --format, not both", param_hint="--map")
    sources, pairs = ingest.pairs_among(named)
    if pairs and not sources:
        raise typer.BadParameter("all of them are pairs of --map; name logs as well", param_hint="LOGS")
    return sources, ingest.by_mapping([*mapped, *pairs])
