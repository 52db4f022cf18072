"""What tests of several rooms share: finished scans, invented, one Spark cluster and one PostgreSQL server."""

import copy
import importlib
import json
import math
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.tables import BONDS, CAMPAIGNS, GROUNDS, MEMBERS, TIMELINE

_DECISIONS = ("cases/", "commands/case/", "console/", "served/")
"""Folders of the tests that ``make test-decisions`` runs alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of cases, their commands and the console."""
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix().startswith(_DECISIONS):
            item.add_marker(pytest.mark.decisions)


START = datetime(2026, 3, 1, tzinfo=UTC)
SECRET_HUB = "5ec4e7b10b0f"  # no page may show a hub
SIGNALS = {
    "shared_payment": ("identity", "The accounts pay with the same card, wallet or invoice."),
    "shared_device": ("identity", "The accounts were opened or used on the same device."),
    "shared_address": ("infrastructure", "Requests of the accounts arrive from the same client address."),
    "client_fingerprint": ("client", "The accounts speak with the same, rare client software."),
    "shared_frame": ("content", "The accounts fill the same fixed text with payloads that never repeat."),
    "distribution_twin": ("content", "What the accounts ask is as alike as two draws from one list."),
    "shared_schedule": ("tempo", "The accounts work and pause at the same hours."),
    "signup_burst": ("tempo", "The accounts were opened within the same hours."),
}
OTHER_REASONS = {
    "same_worklist": ("content", "How far members differ in what they ask, beyond the noise of sampling."),
    "dealt_evenly": ("content", "How evenly prompts come up: 0 as among readers of a list, 1 as when dealt out."),
    "hidden_ties": (
        "accountability",
        "Share of members with a card, device or phone of another, under separate names.",
    ),
    "verified_business": ("accountability", "Share of members that the provider verified as a business."),
    "one_payer": ("accountability", "Share of members that one payer pays for."),
    "follow_up": ("use", "Share of exchanges that continue a conversation."),
    "long_answers": ("use", "Tokens written per answer."),
}
FACTS = {"concealed": ("hidden_ties", 0.25), "unknown": ("verified_business", 0.03), "operator": ("one_payer", 0.98)}
READINGS = [
    "One company whose staff signed up one by one: ask sales whether a contract covers these accounts.",
    "A reseller or gateway that forwards its own customers: their payers would differ, their software would not.",
    "A class or hackathon working on one set of exercises: sign-ups would fall in one week and stop with it.",
]


def campaign(name, n_accounts, per_day, days, answers, severity, q_value, capabilities, signals, readings=READINGS):
    """Describe one campaign of a made-up scan; *answers* are coordination, p_group and accountability."""
    return SimpleNamespace(**locals())


THREE = [
    campaign(
        "cmp-7f3a91",
        400,
        26,
        30,
        (0.97, 0.94, "concealed"),
        "urgent",
        1.2e-9,
        {
            "software engineering": 0.46,
            "agentic reasoning": 0.27,
            "tool use": 0.12,
            "reasoning traces": 0.09,
            "grading": 0.06,
        },
        {
            "shared_frame": 1.0,
            "shared_payment": 0.25,
            "shared_device": 0.2,
            "shared_address": 0.4,
            "shared_schedule": 0.7,
        },
    ),
    campaign(
        "cmp-20c4d8",
        62,
        41,
        19,
        (0.82, 0.77, "unknown"),
        "review",
        3.4e-5,
        {"reasoning traces": 0.58, "grading": 0.21, "chat": 0.13, "rewriting": 0.08},
        {"distribution_twin": 0.9, "client_fingerprint": 0.5, "signup_burst": 0.8},
        READINGS[1:],
    ),
    campaign(
        "cmp-b1190e",
        12,
        18,
        9,
        (0.61, 0.55, "operator"),
        "watch",
        0.0061,
        {"role-play": 0.7, "chat": 0.22, "search": 0.005},
        {"shared_address": 1.0, "shared_schedule": 0.6},
        READINGS[:1],
    ),
]


def _reason(signal, kind, expected, observed, value, cap):
    """Describe one reason of ``tables.REASON_TYPE``."""
    family = (SIGNALS | OTHER_REASONS)[signal][0]
    return {
        "signal": signal, "family": family, "kind": kind, "expected": expected, "observed": observed, "value": value,
        "cap": cap,
    }  # fmt: skip


def _reasons(one):
    """Return reasons of every kind: tests, a likelihood ratio, rarities, a fact and two descriptions."""
    rare = []
    for index, (signal, part) in enumerate(one.signals.items()):
        observed = max(part * one.n_accounts, 1.0)
        expected = [0.004, 0.31, 0.0, 2.4, 11.0][index % 5] * (one.n_accounts / 400)
        value = round(min(observed * math.log2((observed + 1) / (expected + 1)), 900.0), 1)
        rare.append(_reason(signal, "rarity", expected, observed, value, 900.0))
    fact, part = FACTS[one.answers[2]]
    return [
        _reason("same_worklist", "neg_log2_p", 0.03, 0.004, 17.0, 20.0),
        _reason("dealt_evenly", "log2_lr", 0.0, 0.9, 3.5, 8.0),
        *sorted(rare, key=lambda reason: -reason["value"]),
        _reason(fact, "description", 0.02, part, 0.0, 0.0),
        _reason("long_answers", "description", 300.0, 900.0, 1.5, 2.0),
        _reason("follow_up", "description", 0.3, 0.35, -0.5, 2.0),
    ]


def _accounts(one):
    return [f"acct_{one.name[4:]}_{index:05d}" for index in range(one.n_accounts)]


def _bonds(one, rng):
    rows = []
    for signal, part in one.signals.items():
        joined = [a for a in _accounts(one) if rng.random() < part]
        # A few large hubs for content and tempo, many small ones for identity and infrastructure.
        size = {"identity": 6, "infrastructure": 18}.get(SIGNALS[signal][0], max(len(joined), 1))
        for index, account in enumerate(joined):
            hub = f"{SECRET_HUB}-{signal}-{index // size}"
            bits = float(np.round(rng.uniform(3, 12), 2))
            held = min(size, len(joined) - index // size * size)
            rows.append((one.name, account, signal, SIGNALS[signal][0], hub, bits, held))
    return rows


def _grounds(one):
    """Every member asks of one list, and nobody's cards and devices cross."""
    rng, width = np.random.default_rng(one.n_accounts), 16
    means = 0.3 + rng.normal(0, np.sqrt(0.04 / width), (one.n_accounts, width))
    return [
        (one.name, account, unit, False, False, 0, [], 20, 0.8, 0.04, mean.astype("<f2").tobytes(), 0.2, 0.8, 0.12)
        for unit, (account, mean) in enumerate(zip(_accounts(one), means, strict=True))
    ]


def _everywhere():
    signals = [
        {"signal": name, "family": family, "pairs": 40.0, "squares": 90.0, "n_shared": 30}
        for name, (family, _) in SIGNALS.items()
    ]
    return {"n_units": 10_474, "n_tied": 900, "n_crossing": 12, "signals": signals}


def _members(one, rng):
    p = np.round(np.clip(1 - rng.exponential(0.03, one.n_accounts), 0.5, 0.999), 4)
    reasons = [reason for reason in _reasons(one) if reason["kind"] == "rarity"][:2]
    return [(one.name, account, float(q), reasons) for account, q in zip(_accounts(one), p, strict=True)]


def _timeline(campaigns, rng):
    rows = []
    hours = np.arange(30 * 24)
    shape = 1 + 0.75 * np.sin((hours % 24 - 8) / 24 * 2 * math.pi)
    shape *= np.where((hours // 24) % 7 >= 5, 0.55, 1.0)
    for hour, n in zip(hours.tolist(), rng.poisson(690 * shape).tolist(), strict=True):
        rows.append(("", START + timedelta(hours=hour), n, n // 3))
    for one in campaigns:
        mean = one.n_accounts * one.per_day / 24
        for hour, n in zip(hours.tolist(), rng.poisson(mean, len(hours)).tolist(), strict=True):
            if hour < (30 - one.days) * 24:
                continue
            level = 0.35 if hour % 24 in {3, 4} else 1.1 if (hour // 6) % 3 else 0.9
            rows.append((one.name, START + timedelta(hours=hour), int(n * level), min(int(n * level), one.n_accounts)))
    return rows


def _row(one, rank, exchanges):
    return (
        one.name, one.n_accounts, exchanges, exchanges * 1_030,
        START + timedelta(days=30 - one.days), START + timedelta(days=30, minutes=-4),
        *one.answers, rank, one.q_value, one.severity,
        [{"name": k, "share": v} for k, v in one.capabilities.items()], _reasons(one), one.readings,
    )  # fmt: skip


def _write(path: Path, table, rows):
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in table.names]
    arrays = [pa.array(list(c), type=f.type) for c, f in zip(columns, table.schema, strict=True)]
    pq.write_table(pa.table(arrays, schema=table.schema), path)


def _make_scan(folder: Path, campaigns=THREE, *, bonds=True, grounds=True, timeline=True, **summary) -> Path:
    """Leave in *folder* what a scan leaves there."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    line = _timeline(campaigns, rng)
    taken = {one.name: sum(row[2] for row in line if row[0] == one.name) for one in campaigns}
    _write(
        folder / "campaigns.parquet",
        CAMPAIGNS,
        [_row(one, rank, taken[one.name]) for rank, one in enumerate(campaigns, 1)],
    )
    _write(folder / "members.parquet", MEMBERS, [row for one in campaigns for row in _members(one, rng)])
    if bonds:
        _write(folder / "bonds.parquet", BONDS, [row for one in campaigns for row in _bonds(one, rng)])
    if grounds:
        _write(folder / "grounds.parquet", GROUNDS, [row for one in campaigns for row in _grounds(one)])
    if timeline:
        _write(folder / "timeline.parquet", TIMELINE, line)
    facts = {
        "n_exchanges": sum(row[2] for row in line),
        "n_accounts": 10_474,
        "n_rejects": 12,
        "n_campaigns": len(campaigns),
        "n_groups_tested": 41,
        "false_discovery_rate": 0.01,
        "first_at": "2026-03-01T00:00:00+00:00",
        "last_at": "2026-03-30T23:59:12+00:00",
        "settings_digest": "9c1f0a44be27d310",
        "version": "0.1.0",
        "everywhere": _everywhere(),
        "stages": [],
        "notices": [],
        "signals": {
            name: {"family": family, "sentence": text} for name, (family, text) in (SIGNALS | OTHER_REASONS).items()
        },
    }
    (folder / "summary.json").write_text(json.dumps({**facts, **summary}), encoding="utf-8")
    return folder


@pytest.fixture
def scan(tmp_path):
    """Three campaigns: one urgent of 400 accounts, one to review, one to watch."""
    return _make_scan(tmp_path / "scan")


@pytest.fixture
def scan_of(tmp_path):
    """Return a function that leaves a scan of given campaigns."""
    return lambda *args, **kwargs: _make_scan(tmp_path / "scan", *args, **kwargs)


@pytest.fixture(scope="session")
def make_scan():
    """Return the function that leaves a scan in a folder."""
    return _make_scan


@pytest.fixture
def three():
    """Return the three campaigns of a made-up scan, to be changed as a test likes."""
    return copy.deepcopy(THREE)


@pytest.fixture
def described():
    """Return the function that describes one campaign."""
    return campaign


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a driver, a master and two executors, each a process of its own; engines made meanwhile run on them."""
    spark = importlib.import_module("stillwatch.engine.spark")
    # Tests run each query once, so a compiler that is quick beats one whose code is.
    # With one compiler alone Java keeps 48 MB for what it compiled, which a session of thousands of queries fills.
    quick = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"
    options = {
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "4",
        "spark.driver.extraJavaOptions": quick,
        "spark.executor.extraJavaOptions": quick,
    }
    with spark.SparkEngine(tmp_path_factory.mktemp("spark"), master="local-cluster[2,1,2048]", options=options) as kept:
        yield kept


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start a PostgreSQL of our own, as somebody other than root, whom it refuses; return the URL of a database."""
    initdb, pg_ctl = shutil.which("initdb"), shutil.which("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("PostgreSQL is not installed")
    who = (
        next(n for n in ("postgres", "nobody") if n in {u.pw_name for u in pwd.getpwall()})
        if os.getuid() == 0
        else None
    )
    # Not among pytest's own folders: each session that starts closes those to everybody else.
    folder = Path(tempfile.mkdtemp(prefix="stillwatch-pg-"))
    if who:
        shutil.chown(folder, who)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=who, cwd=folder)

    run(initdb, "-D", f"{folder}/data", "-U", "reader", "-A", "trust")
    # Clients are killed in tests, the server is not, so it need not wait for the disk.
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(pg_ctl, "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"postgresql://reader:s3cret@127.0.0.1:{port}/postgres"
    finally:
        run(pg_ctl, "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder)
