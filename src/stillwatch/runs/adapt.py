"""Measures the price of evasion: a simulated operator plays against scans of its own worlds."""

from collections.abc import Callable
from pathlib import Path

from stillwatch import lab
from stillwatch.runs.folders import work_folder
from stillwatch.runs.inject import with_clear_identifiers
from stillwatch.runs.scan import scan
from stillwatch.settings import Settings
from stillwatch.temporary import temporary_folder

__all__ = ["adapt"]


def adapt(
    spec: lab.WorldSpec,
    *,
    settings: Settings,
    rounds: int = 12,
    seed: int = 1,
    parts: Path | None = None,
    work: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> lab.Adaptation:
    """Return the price of evasion over *rounds* rounds; each round builds a world and scans it.

    *progress* gets a sentence per round. Raises ``EngineError`` where *work* is no usable folder.
    """
    clear = with_clear_identifiers(settings)
    with work_folder(work) as folder:

        def flagged(world: Path) -> bool:
            with temporary_folder(folder) as out:
                known = str(world / "accounts.parquet")
                done = scan([str(world / "exchanges")], out, settings=clear, accounts=known, work=folder)
                return lab.is_flagged(lab.measure(done.folder, world))

        return lab.adapt(flagged, spec, rounds=rounds, seed=seed, parts=parts, work=folder, progress=progress)
