"""A desk over a fresh database, a clock that tests set, people who limit accounts, and a publisher of their decisions."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stillwatch.cases import Actor, Desk, Permission, Role
from stillwatch.cases.decisions import actions, import_scan, judgements
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.enforcement.publishing.breadth import Traffic
from stillwatch.enforcement.publishing.publisher import Publisher
from stillwatch.enforcement.snapshot.account_index import AccountIndex
from stillwatch.enforcement.snapshot.rules import Rule
from stillwatch.enforcement.snapshot.snapshot import Snapshot
from stillwatch.model import ActionKind
from stillwatch.settings import CasesSettings, GatewaySettings

ANN, LEA = Actor("ann", Role.ANALYST), Actor("lea", Role.LEAD)


@dataclass
class Clock:
    """Says what a test sets, as a time and as elapsed seconds."""

    now: datetime = datetime(2026, 3, 2, 8, 15, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def elapsed(self) -> float:
        return self.now.timestamp()

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def rule(clock: Clock) -> Callable[..., Rule]:
    """Return a function that makes a rule: ``rule("suspend", rule_id="action 3")``."""

    def made(kind: str = "suspend", **more: Any) -> Rule:
        known = {"rule_id": "action 1", "group": "case 1", "reason": "bulk_collection", "since": clock.now}
        if kind == "throttle":
            known["parameters"] = {"per_minute": 60.0, "burst": 2.0}
        return Rule(kind=ActionKind(kind), **(known | more))

    return made


@pytest.fixture
def snapshot(clock: Clock) -> Callable[..., Snapshot]:
    """Return a function that makes a snapshot of pairs of a rule and its accounts."""

    def made(*pairs: tuple[Rule, Collection[str]], number: int = 1) -> Snapshot:
        index = AccountIndex.build((place, accounts) for place, (_, accounts) in enumerate(pairs))
        return Snapshot(number, clock.now, tuple(rule for rule, _ in pairs), index)

    return made


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    settings = CasesSettings(database=f"sqlite:///{tmp_path}/cases.db", two_people_above=3)
    with Desk(settings, clock=clock, create=True) as desk:
        yield desk


@pytest.fixture
def do(desk: Desk) -> Callable[..., Any]:
    """Return a function that does one thing at the desk."""

    def done(actor: Actor, what: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with desk.work(actor, Permission.VIEW) as work:
            return what(work, *args, **more)

    return done


@pytest.fixture
def limited(do: Callable[..., Any]) -> Callable[..., int]:
    """Return a function that limits accounts from now on, and returns the number of the action."""

    def made(kind: str, accounts: Collection[str], **more: Any) -> int:
        case = do(ANN, import_scan.open_by_hand, "A tip", list(accounts), "A partner named them.")
        do(ANN, judgements.judge, case, Verdict.CONFIRMED, "They say so.")
        do(ANN, judgements.judge, case, Verdict.CONFIRMED, "They say so.", accounts=list(accounts))
        wanted = actions.Plan(ActionKind(kind), "Stop it.", **({"dry_run": False} | more))
        planned = do(ANN, actions.plan, case, wanted)
        if planned.state == "proposed":
            do(LEA, actions.answer, planned.action_id, "Yes.", approve=True)
        do(actions.SCHEDULE, actions.carry_out, planned.action_id)
        return planned.action_id

    return made


@pytest.fixture
def publisher(desk: Desk, tmp_path: Path, clock: Clock) -> Publisher:
    """Return a publisher for whom the last hour had 1,000 accounts."""
    return Publisher(
        desk, tmp_path / "gateway" / "snapshot", GatewaySettings(), lambda: Traffic(None, 1000), clock=clock
    )


@pytest.fixture
def ann() -> Actor:
    return ANN


@pytest.fixture
def lea() -> Actor:
    return LEA
