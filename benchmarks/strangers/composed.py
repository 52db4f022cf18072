"""Keeps composed worlds between runs: composing takes half the time of a bench, and no detector changes a world.

``STRANGERS_WORLDS`` names the folder. Without it a world is thrown away after its scan. A kept world is known by its
name and a digest of the code that composes it, so a change to an author or to the composer makes new worlds.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from strangers.compose import Part, compose

__all__ = ["world_of"]

_FOLDER = Path(__file__).parent
_COMPOSING = ("authors.py", "compose.py", "composed.py", "contract.py", "open_worlds.py", "worlds.py", "*/**/*.py")


@contextmanager
def world_of(name: str, parts: Sequence[Part], *, seed: int, days: int) -> Iterator[tuple[Path, int]]:
    """Yield the folder of the world *name* of *parts*, as ``compose`` writes it, and its number of exchanges."""
    kept = os.environ.get("STRANGERS_WORLDS")
    if not kept:
        with tempfile.TemporaryDirectory(prefix="strangers-") as folder:
            yield Path(folder), compose(parts, Path(folder), seed=seed, days=days)
        return
    folder = Path(kept) / _code() / name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        begun = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
        compose(parts, begun, seed=seed, days=days)
        try:
            begun.rename(folder)  # one step: a run that is stopped leaves no half world
        except OSError:
            shutil.rmtree(begun)  # another process was first
    yield folder, pq.read_metadata(folder / "exchanges.parquet").num_rows


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _COMPOSING for path in _FOLDER.glob(pattern)}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
