"""Keeps results as JSON lines, each with the state of the code that made it, and runs what is missing.

A file holds results of one state of the code. So a run that was stopped goes on where it stopped, and figures of
different detectors are never added up.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from detect.store import code_digest

__all__ = ["MixedStatesError", "Records", "code_state", "results_of", "run_missing"]

_FOLDER = Path(__file__).parent
_AFTER_A_SCAN = {"__main__.py", "bars.py", "calibration.py", "page.py"}
_WORLDS_PER_PROCESS = 25

Key = dict[str, Any]


class MixedStatesError(Exception):
    """Results of two states of the code would stand in one file."""


@cache
def code_state() -> str:
    """Return digests of the package's source and of the code that composes the worlds, both without later steps."""
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.rglob("*.py")):
        if path.name not in _AFTER_A_SCAN:
            digest.update(path.read_bytes())
    return f"{code_digest()}-{digest.hexdigest()[:8]}"


class Records:
    """A file of JSON lines: ``code``, ``key`` and ``result``. Without a path, nothing is kept after the run.

    Raises :class:`MixedStatesError` where the file holds results of another state of the code.
    """

    def __init__(self, path: Path | None, code: str) -> None:
        self.path, self.code = path, code
        self._found: dict[str, dict[str, Any]] = {}
        if path is not None and path.exists():
            self._load(path)

    def has(self, key: Key) -> bool:
        """Return whether there is a result of *key*."""
        return _name(key) in self._found

    def add(self, key: Key, result: dict[str, Any], code: str) -> None:
        """Keep a result; raises :class:`MixedStatesError` where *code* is not the state of this file."""
        self._check(code)
        line = {"code": code, "key": key, "result": result}
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, sort_keys=True) + "\n")
        self._found[_name(key)] = line

    def results(self, keys: Iterable[Key]) -> list[tuple[Key, dict[str, Any]]]:
        """Return key and result of those of *keys* that there are, in the order of *keys*."""
        return [(key, self._found[_name(key)]["result"]) for key in keys if self.has(key)]

    def _load(self, path: Path) -> None:
        whole, _, torn = path.read_text("utf-8").rpartition("\n")
        for line in whole.splitlines():
            kept = json.loads(line)
            self._check(kept["code"])
            self._found[_name(kept["key"])] = kept
        if torn:  # the run was stopped within a line; that world is scanned again
            path.write_text(whole + "\n" if whole else "", "utf-8")

    def _check(self, code: str) -> None:
        if code != self.code:
            raise MixedStatesError(f"results of code {code} among those of {self.code}: use another file (--out)")


def results_of(
    keys: Sequence[Key], perform: Callable[..., tuple[dict[str, Any], str]], *, out: Path | None, jobs: int
) -> list[tuple[Key, dict[str, Any]]]:
    """Return key and result of every key, from the file *out* or by running *perform*; exit where states would mix."""
    try:
        records = Records(out, code_state())
        # one thread of the engine per world if several worlds are scanned at a time
        run_missing(keys, partial(perform, threads=1 if jobs > 1 else 0), records, jobs=jobs)
    except MixedStatesError as error:
        raise SystemExit(str(error)) from None
    return records.results(keys)


def run_missing(
    keys: Sequence[Key], perform: Callable[[Key], tuple[dict[str, Any], str]], records: Records, *, jobs: int
) -> None:
    """Run *perform* for each key without a result, in *jobs* processes, and keep each result as it comes.

    *perform* returns a result and the state of the code in its process. The first error ends the run; what was kept
    stays.
    """
    waiting = [key for key in keys if not records.has(key)]
    if not waiting:
        return
    began = time.monotonic()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the started processes read it; more threads slow them down
    context, size, done = get_context("spawn"), jobs * _WORLDS_PER_PROCESS, 0
    for start in range(0, len(waiting), size):
        # fresh processes now and then: what a library holds on to is given back
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            running = {pool.submit(perform, key): key for key in waiting[start : start + size]}
            try:
                for future in as_completed(running):
                    records.add(running[future], *future.result())
                    done += 1
                    passed, name = time.monotonic() - began, " ".join(map(str, running[future].values()))
                    print(f"{name}: {done} of {len(waiting)} in {passed:.0f} s", file=sys.stderr, flush=True)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _name(key: Key) -> str:
    return json.dumps(key, sort_keys=True)
