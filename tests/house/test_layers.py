"""Imports go down only; the list of rooms is exhaustive and siblings do not know each other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = """
[tool.importlinter]
root_package = "sample"
[[tool.importlinter.contracts]]
name = "Imports go down only"
type = "layers"
containers = ["sample"]
exhaustive = true
layers = ["pipeline", "(links) | (signals)", "errors"]
"""


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", "pyproject.toml"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_imports_go_down_only(root: Path) -> None:
    done = _lint(root)
    where = "import downwards only; give a new module its place in [tool.importlinter] of pyproject.toml"
    assert done.returncode == 0, f"{where}\n{done.stdout}{done.stderr}"
    assert "6 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("changed", "text", "broken"),
    [
        ("pipeline.py", "from sample import links, signals", False),
        ("errors.py", "import sample.pipeline", True),
        ("links.py", "from sample.signals import x", True),
        ("unplaced.py", "", True),
    ],
)
def test_the_rule_can_fail(tmp_path: Path, changed: str, text: str, broken: bool) -> None:
    (tmp_path / "pyproject.toml").write_text(SAMPLE, "utf-8")
    (tmp_path / "sample").mkdir()
    for name in ("__init__.py", "pipeline.py", "links.py", "signals.py", "errors.py"):
        (tmp_path / "sample" / name).write_text("x = 1\n" if name == "signals.py" else "", "utf-8")
    (tmp_path / "sample" / changed).write_text(text + "\n", "utf-8")
    assert (_lint(tmp_path).returncode != 0) is broken
