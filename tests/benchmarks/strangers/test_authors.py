"""What holds of every crowd that a stranger wrote."""

import ast
import sys
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from strangers.authors import REPORTING, TUNING, crowds_of, ordinary_of
from strangers.compose import ORDINARY
from strangers.contract import ACCOUNTABILITIES

FOLDER = Path(__file__).parents[3] / "benchmarks" / "strangers"
CROWDS = [crowd for author in (*TUNING, *REPORTING) for crowd in [ordinary_of(author), *crowds_of(author)]]
KNOWN = {
    "created_at", "organization_id", "email", "email_domain", "payment_fingerprint", "phone_digest",
    "device_fingerprint", "referrer", "declared_country", "verification", "plan", "status", "closed_at",
}  # fmt: skip


def _sample(crowd, seed=5, n=6):
    members = crowd.members(Random(seed), n)
    return [(dict(m.account), m.organization_id, m.user_agent, list(islice(m.tasks, 4))) for m in members]


def test_nobody_is_for_tuning_and_for_reporting():
    assert not set(TUNING) & set(REPORTING)
    assert len({(crowd.name, crowd.author) for crowd in CROWDS}) == len(CROWDS)


@pytest.mark.parametrize("author", [*TUNING, *REPORTING])
def test_an_author_has_harvests_honest_crowds_and_ordinary_people(author):
    assert {crowd.author for crowd in crowds_of(author)} == {author} == {ordinary_of(author).author}
    assert ordinary_of(author).name == ORDINARY
    assert sum(crowd.is_harvest for crowd in crowds_of(author)) >= 2
    assert sum(not crowd.is_harvest for crowd in crowds_of(author)) >= 5


@pytest.mark.parametrize("crowd", CROWDS, ids=lambda crowd: f"{crowd.author}-{crowd.name}")
def test_a_crowd_is_made_of_members_that_a_provider_could_see(crowd):
    assert crowd.accountability in ACCOUNTABILITIES
    assert crowd.usual_size >= 10
    assert not crowd.is_harvest or crowd.accountability in {"concealed", "unknown"}
    found = _sample(crowd)
    assert len(found) == 6
    for account, _, user_agent, tasks in found:
        assert account["created_at"].utcoffset() is not None
        assert set(account) <= KNOWN
        assert user_agent
        assert tasks
        assert all(task.prompt.strip() for task in tasks)


@pytest.mark.parametrize("crowd", CROWDS, ids=lambda crowd: f"{crowd.author}-{crowd.name}")
def test_the_same_seed_gives_the_same_members(crowd):
    assert _sample(crowd) == _sample(crowd)
    assert _sample(crowd) != _sample(crowd, seed=6)


@pytest.mark.parametrize("author", [*TUNING, *REPORTING])
def test_an_author_imports_nothing_of_ours_and_nobody_elses(author):
    allowed = {f"strangers.{author}", "strangers.contract"}
    for path in (FOLDER / author).glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        foreign = {n for n in names if n.split(".")[0] not in sys.stdlib_module_names}
        assert not {n for n in foreign if not any(n == a or n.startswith(f"{a}.") for a in allowed)}, path.name
