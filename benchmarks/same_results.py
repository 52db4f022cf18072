"""Compares the result tables of two states of the code, byte for byte: what a change that moves code must not alter.

Run as ``python benchmarks/same_results.py BASE [--parts FOLDER] [--worlds demo calm …] [--out FOLDER]``. BASE is a git
revision. It and the working tree each build and scan the same worlds, by the commands of ``stillwatch`` alone. The
results of BASE stay in the output folder and are used again. Exit code 1 says that a table differs.

``run.json`` holds times and ``report.html`` words, so neither is compared. Of ``summary.json`` the sentences about
signals and the version are left out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HALF_COVER: dict[str, Any] = {
    "name": "half",
    "accounts": 3_000,
    "campaigns": [
        {"name": "half", "family": "natural_worklist", "accounts": 90, "per_day": 8.0, "cover": 0.5},
    ],
}
"""A campaign half of whose exchanges are unrelated."""

WORLDS: dict[str, list[str]] = {
    "demo": ["--preset", "demo"],
    "calm": ["--preset", "calm"],
    "lookalikes": ["--preset", "lookalikes"],
    "half-cover": ["--spec", "{out}/half-cover.json"],
    "real-parts": ["--preset", "real-parts", "--parts", "{parts}"],
}
"""Arguments of ``stillwatch lab build``, by world."""
SEED = "7"
_NOT_COMPARED = {"run.json", "report.html"}
_TEXT_OF_SUMMARY = {"signals", "version"}


def main() -> int:
    """Build, scan and compare; print one line per world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="a git revision")
    parser.add_argument("--parts", type=Path, help="a folder of real parts, for the world real-parts")
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=None)
    parser.add_argument("--out", type=Path, default=Path("bench/same-results"))
    asked = parser.parse_args()
    worlds = asked.worlds or [name for name in WORLDS if asked.parts or name != "real-parts"]
    if "real-parts" in worlds and asked.parts is None:
        parser.error("the world real-parts needs --parts")
    out = asked.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    (out / "half-cover.json").write_text(json.dumps(HALF_COVER), encoding="utf-8")
    revision = _git("rev-parse", "--verify", f"{asked.base}^{{commit}}")
    root = Path(_git("rev-parse", "--show-toplevel"))
    base = out / f"base-{revision[:12]}"
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "base"
        _git("worktree", "add", "--detach", str(checkout), revision)
        try:
            for name in worlds:
                if not (base / name / "done").exists():
                    record(checkout / "src", base / name, _arguments(name, out, asked.parts))
        finally:
            _git("worktree", "remove", "--force", str(checkout))
    n_different = 0
    for name in worlds:
        with tempfile.TemporaryDirectory(dir=out) as folder:
            record(root / "src", Path(folder), _arguments(name, out, asked.parts))
            found = differences(base / name, Path(folder))
        n_campaigns = json.loads((base / name / "scan" / "summary.json").read_text("utf-8"))["n_campaigns"]
        said = "; ".join(found) or f"the same bytes in {len(compared_files(base / name))} files"
        print(f"{name}: {n_campaigns} campaigns; {said}", flush=True)
        n_different += bool(found)
    return 1 if n_different else 0


def record(source: Path, folder: Path, build: list[str]) -> None:
    """Build one world and scan it into *folder*, by the code in the folder *source*."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(source)}
    commands = (
        ["lab", "build", *build, "--seed", SEED, "--out", str(folder / "world")],
        [
            *("scan", str(folder / "world" / "exchanges"), "--accounts", str(folder / "world" / "accounts.parquet")),
            *("--out", str(folder / "scan"), "--json"),
        ],
    )
    for command in commands:
        subprocess.run(
            [sys.executable, "-m", "stillwatch.cli", *command], env=environment, check=True, stdout=subprocess.DEVNULL
        )
    (folder / "done").touch()


def compared_files(folder: Path) -> list[str]:
    """Return the files of one recorded world that are compared, relative to *folder*."""
    files = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [str(path) for path in files if path.name not in _NOT_COMPARED and path.name != "done"]


def differences(one: Path, other: Path) -> list[str]:
    """Return what differs between two recorded worlds, a sentence each; nothing where they are the same."""
    ours, theirs = set(compared_files(one)), set(compared_files(other))
    found = [f"{name} is in one of them only" for name in sorted(ours ^ theirs)]
    for name in sorted(ours & theirs):
        if _content(one / name) != _content(other / name):
            found.append(f"{name} differs")
    return found


def _content(path: Path) -> bytes:
    """Return the bytes of a file; of a summary, those of what is no text for people."""
    raw = path.read_bytes()
    if path.name != "summary.json":
        return raw
    summary = {key: value for key, value in json.loads(raw).items() if key not in _TEXT_OF_SUMMARY}
    return json.dumps(summary, sort_keys=True).encode()


def _arguments(name: str, out: Path, parts: Path | None) -> list[str]:
    return [text.format(out=out, parts=parts.resolve() if parts else "") for text in WORLDS[name]]


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
