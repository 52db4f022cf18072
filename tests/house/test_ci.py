"""CI here and CI hosted run one list of steps, every check is in it, and hosted actions are pinned by commit."""

import json
import re
import subprocess
from pathlib import Path

import pytest

CHECKS = re.compile(r"(test|lint|types|imports|demo|docs-check|docs-build|islands-check)(-[a-z-]+)?")
PART_OF_OTHERS = {"test-decisions"}
"""Targets that run a part of what another step runs."""
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def unpinned(workflow: str) -> list[str]:
    """Return the lines of a workflow that use an action without a commit and the version it is."""
    used = [line.strip().removeprefix("- ") for line in workflow.splitlines() if re.match(r" *(- )?uses:", line)]
    return [line for line in used if not PINNED.fullmatch(line)]


def run_steps(workflow: str) -> list[str]:
    """Return the shell commands of a workflow."""
    return re.findall(r"^ *(?:- )?run: (.+)$", workflow, re.MULTILINE)


def unlisted(steps: list[str], targets: set[str]) -> set[str]:
    """Return the make targets that check something and are no step."""
    return {target for target in targets if CHECKS.fullmatch(target)} - set(steps) - PART_OF_OTHERS


@pytest.fixture(scope="module")
def targets(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def workflow(root: Path) -> str:
    return (root / ".github" / "workflows" / "ci.yml").read_text("utf-8")


def _ask(root: Path, *arguments: str) -> str:
    return subprocess.run([root / ".ci" / "run", *arguments], capture_output=True, text=True, check=True).stdout


def test_every_step_is_a_make_target_and_every_check_a_step(root: Path, targets: set[str]) -> None:
    steps = _ask(root, "--list").split()
    assert len(steps) == len(set(steps)) > 10
    assert set(steps) <= targets, "each step of .ci/run needs a make target of its name"
    assert not unlisted(steps, targets), "add the target to the steps of .ci/run"


def test_the_hosted_workflow_runs_the_same_steps(root: Path, workflow: str) -> None:
    matrix = json.loads(_ask(root, "--matrix"))["include"]
    assert list(dict.fromkeys(entry["step"] for entry in matrix)) == _ask(root, "--list").split()
    assert {entry["python"] for entry in matrix} == {"3.11", "3.12", "3.13"}
    assert run_steps(workflow) == ['echo "matrix=$(.ci/run --matrix)" >> "$GITHUB_OUTPUT"', '.ci/run "$STEP"']
    assert "matrix: ${{ fromJSON(needs.list.outputs.matrix) }}" in workflow
    assert "STEP: ${{ matrix.step }}" in workflow


def test_supported_pythons_are_the_package_s(root: Path) -> None:
    project = (root / "pyproject.toml").read_text("utf-8")
    supported = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project)
    assert {entry["python"] for entry in json.loads(_ask(root, "--matrix"))["include"]} == set(supported)


def test_actions_are_pinned_by_commit(root: Path) -> None:
    workflows = sorted((root / ".github" / "workflows").glob("*.y*ml"))
    assert workflows
    assert not [line for path in workflows for line in unpinned(path.read_text("utf-8"))], (
        "pin by commit: uses: NAME@COMMIT # v1.2.3"
    )


def test_a_step_that_does_not_exist_is_refused(root: Path) -> None:
    done = subprocess.run([root / ".ci" / "run", "nonsense"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "No step nonsense" in done.stderr


def test_every_mark_outside_the_default_run_has_a_step(root: Path) -> None:
    project, makefile = (root / "pyproject.toml").read_text("utf-8"), (root / "Makefile").read_text("utf-8")
    (default,) = re.findall(r"-m '(not [a-z ]+)'", project)
    left_out = set(re.findall(r"not ([a-z]+)", default))
    steps = set(_ask(root, "--list").split())
    recipes = dict(re.findall(r"^([a-z-]+):[^\n]*##[^\n]*\n((?:\t[^\n]*\n)+)", makefile, re.MULTILINE))
    assert left_out
    for mark in left_out:
        ran = [t for t in steps if re.search(rf'-m "?(?:[a-z ]* )?(?<!not ){mark}\b', recipes.get(t, ""))]
        assert ran, f"no step runs the tests marked {mark}"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("- uses: actions/checkout@" + "a" * 40 + " # v1.2.3", []),
        ("- uses: actions/checkout@v4", ["uses: actions/checkout@v4"]),
        ("uses: actions/checkout@" + "a" * 40, ["uses: actions/checkout@" + "a" * 40]),
        ("- uses: actions/checkout@" + "a" * 39 + " # v1.2.3", ["uses: actions/checkout@" + "a" * 39 + " # v1.2.3"]),
    ],
)
def test_the_rule_on_pins_can_fail(line: str, found: list[str]) -> None:
    assert unpinned(f"jobs:\n  a:\n    steps:\n      {line}\n") == found


def test_the_rule_on_steps_can_fail() -> None:
    assert unlisted(["test", "lint"], {"test", "lint", "test-new", "clean"}) == {"test-new"}
