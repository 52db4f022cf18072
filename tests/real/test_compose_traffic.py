"""The traffic that the real proxy is driven with is what it claims to be."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROUTES = {"chat", "chat_stream", "responses", "completions", "messages"}


def _compose(out: Path, seed: int) -> Path:
    subprocess.run([sys.executable, HERE / "compose_traffic.py", out, "--seed", str(seed)], check=True)
    return out


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _compose(tmp_path_factory.mktemp("traffic"), seed=1)


@pytest.fixture(scope="module")
def plan(composed: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (composed / "plan.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def campaign(composed: Path) -> set[str]:
    return set(json.loads((composed / "truth.json").read_text("utf-8"))["campaign"])


def test_of_120_accounts_thirty_are_the_campaign(plan, campaign, composed):
    known = {account["user_id"] for account in json.loads((composed / "accounts.json").read_text("utf-8")).values()}
    assert len(known) == 120
    assert len(campaign & known) == 30
    assert {request["account"] for request in plan} == {*known, None}


def test_both_groups_use_every_route(plan, campaign):
    for group in (True, False):
        assert {request["route"] for request in plan if (request["account"] in campaign) is group} == ROUTES


def test_the_worklist_is_dealt_without_replacement_and_without_follow_up(plan, campaign):
    dealt = [request["turns"] for request in plan if request["account"] in campaign]
    assert all(len(turns) == 1 for turns in dealt)
    assert len({turns[0]["content"] for turns in dealt}) == len(dealt) == 480


def test_nothing_but_the_worklist_connects_the_thirty(plan, campaign):
    addresses = defaultdict(set)
    for request in plan:
        addresses[request["forwarded_for"]].add(request["account"])
    assert all(len(accounts) == 1 for accounts in addresses.values())
    clients = {request["client"] for request in plan if request["account"] in campaign}
    assert len(clients) >= 6
    assert clients <= {request["client"] for request in plan if request["account"] not in campaign}


def test_people_follow_up_and_repeat_themselves(plan, campaign):
    honest = [request for request in plan if request["account"] not in campaign]
    assert sum(len(request["turns"]) > 1 for request in honest) > len(honest) / 5
    assert len({(request["account"], str(request["turns"])) for request in honest}) < len(honest)


def test_one_seed_gives_the_same_bytes_and_another_gives_others(composed, tmp_path):
    names = ("plan.jsonl", "accounts.json", "truth.json")
    again, other = _compose(tmp_path / "again", seed=1), _compose(tmp_path / "other", seed=2)
    assert all((again / name).read_bytes() == (composed / name).read_bytes() for name in names)
    assert all((other / name).read_bytes() != (composed / name).read_bytes() for name in names)
