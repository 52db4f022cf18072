"""Measures the response times of the console's pages.

Run it with ``make bench-console`` or ``python benchmarks/console.py``. The database has 1,000 campaigns, one of them
with 25,000 members; the console runs on this machine. Each page is requested 21 times in sequence. The table shows the
first request separately, because it draws the figures of a case. The other columns are the minimum, median and maximum
time to the last byte, in milliseconds, and the size of the page.
"""

import argparse
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import numpy as np
import pyarrow as pa
import uvicorn

from stillwatch.cases import PERMISSIONS, Actor, Desk, Permission, Role
from stillwatch.cases.access import tokens, users
from stillwatch.cases.decisions import import_scan
from stillwatch.console import build_app
from stillwatch.settings import CasesSettings, ConsoleSettings
from stillwatch.tables import BONDS, CAMPAIGNS, GROUNDS, MEMBERS, TIMELINE
from stillwatch.tables.scan_folder import FinishedScan

START = datetime(2026, 3, 1, tzinfo=UTC)
REASON = {
    "signal": "same_worklist", "family": "content", "kind": "neg_log2_p", "expected": 0.03, "observed": 0.9,
    "value": 20.0, "cap": 20.0,
}  # fmt: skip
EVERYWHERE = {
    "n_units": 10**6, "n_tied": 50_000, "n_crossing": 900,
    "signals": [
        {"signal": "shared_address", "family": "infrastructure", "pairs": 1e6, "squares": 1e8, "n_shared": 90_000}
    ],
}  # fmt: skip
PAGES = (
    "/cases", "/cases?word=C-0500", "/cases/1", "/cases/1.json", "/cases/1/members", "/cases/1/members?order=standing",
    "/cases/1/members?standing=confirmed", "/cases/1/members?word=0123", "/cases/500",
    "/cases/1/without?below=0.6", "/cases/1/graph", "/cases/1/graph?value=3",
)  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=1_000)
    parser.add_argument("--members", type=int, default=25_000, help="of the largest campaign")
    parser.add_argument("--times", type=int, default=20)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Desk(CasesSettings(database=f"sqlite:///{folder}/cases.db", open_per_day=10_000), create=True) as desk,
    ):
        token = _filled(desk, made(arguments.campaigns, arguments.members))
        size = Path(folder, "cases.db").stat().st_size / 2**20
        print(f"{arguments.campaigns:,} campaigns, one of {arguments.members:,} members; {size:.0f} MB.\n")
        _measure(desk, token, arguments.times)


def made(campaigns: int, most: int) -> FinishedScan:
    """Return a scan with *campaigns* campaigns: the first has *most* members, the others have 40."""
    sizes = [most, *([40] * (campaigns - 1))]
    names = [f"C-{number:04}" for number in range(campaigns)]
    row = {
        "output_tokens": 9, "first_at": START, "last_at": START + timedelta(days=30), "coordination": 0.9,
        "p_group": 0.9, "accountability": "unknown", "q_value": 1e-9, "severity": "review",
        "capabilities": [{"name": "software engineering", "share": 0.5}], "reasons": [REASON] * 8,
        "innocent_readings": ["A class.", "A firm."],
    }  # fmt: skip
    rows = [
        row
        | {"campaign_id": name, "rank": i + 1, "n_accounts": size, "n_exchanges": size * 800}
        | ({} if i else {"severity": "urgent"})
        for i, (name, size) in enumerate(zip(names, sizes, strict=True))
    ]
    owners = [name for name, size in zip(names, sizes, strict=True) for _ in range(size)]
    accounts = [f"acct_{i:07}" for i in range(len(owners))]
    members = {
        "campaign_id": owners, "account_id": accounts, "p_member": [0.5 + (i % 500) / 1000 for i in range(len(owners))],
        "reasons": [[REASON, REASON | {"signal": "shared_address"}]] * len(owners),
    }  # fmt: skip
    bonds = {
        "campaign_id": owners * 2, "account_id": accounts * 2, "signal": ["shared_address"] * len(owners) * 2,
        "family": ["infrastructure"] * len(owners) * 2,
        "hub": [f"h{i // 20}" for i in range(len(owners))] + [f"g{i // 300}" for i in range(len(owners))],
        "bits": [5.0] * len(owners) * 2, "n_holders": [20] * len(owners) + [300] * len(owners),
    }  # fmt: skip
    line = [
        {"campaign_id": name, "at": START + timedelta(days=day), "n_exchanges": 900, "n_accounts": 30}
        for name in ("", *names)
        for day in range(45)
    ]
    return FinishedScan(
        summary={
            "first_at": START.isoformat(),
            "last_at": START.isoformat(),
            "n_accounts": 10**6,
            "n_exchanges": 10**8,
            "everywhere": EVERYWHERE,
        },
        campaigns=pa.Table.from_pylist(rows, schema=CAMPAIGNS.schema),
        members=pa.table(members, schema=MEMBERS.schema),
        bonds=pa.table(bonds, schema=BONDS.schema),
        timeline=pa.Table.from_pylist(line, schema=TIMELINE.schema),
        grounds=_grounds(names[0], accounts[:most]),
    )


def _grounds(name: str, accounts: list[str]) -> pa.Table:
    """Return the retest data of one campaign whose members share one worklist."""
    random, size = np.random.default_rng(1), len(accounts)
    means = random.normal(0, 0.04, (1, 512)) + random.normal(0, 0.01, (size, 512))
    fixed = {
        "campaign_id": name, "is_tied": False, "is_crossing": False, "n_ties_alone": 0, "alone": [], "n": 20,
        "spread": 0.8, "noise": 0.04, "honest_distance": 0.2, "honest_spread": 0.8, "noise_factor": 0.12,
    }  # fmt: skip
    columns = {column: [value] * size for column, value in fixed.items()}
    own = {"account_id": accounts, "unit": range(size), "mean": [row.astype("<f2").tobytes() for row in means]}
    return pa.table({field.name: (columns | own)[field.name] for field in GROUNDS.schema}, schema=GROUNDS.schema)


def _filled(desk: Desk, scan: FinishedScan) -> str:
    began = time.perf_counter()
    with desk.work(Actor("lea", Role.LEAD), Permission.JUDGE) as work:
        import_scan.take(work, scan, "large")
    print(f"Imported in {time.perf_counter() - began:.1f} s.")
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        users.create(work, "lea", display="Lea", role=Role.LEAD, password_hash=None)
    with desk.work(Actor("lea", Role.LEAD), Permission.VIEW) as work:
        return tokens.make(work, name="bench", scopes=PERMISSIONS[Role.LEAD], days=1)[0]


def _measure(desk: Desk, token: str, times: int) -> None:
    server = uvicorn.Server(uvicorn.Config(build_app(desk, ConsoleSettings()), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"Authorization": f"Bearer {token}", "Host": f"127.0.0.1:{ConsoleSettings().port}"}
    print("| page | first, ms | least, ms | middle, ms | greatest, ms | kB |\n|---|---|---|---|---|---|")
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
            for page in PAGES:
                took = []
                for _ in range(times + 1):
                    began = time.perf_counter()
                    answer = client.get(page)
                    took.append((time.perf_counter() - began) * 1000)
                    assert answer.status_code == 200, (page, answer.status_code, answer.text[:500])
                first, rest = took[0], took[1:]
                print(
                    f"| `{page}` | {first:.0f} | {min(rest):.0f} | {statistics.median(rest):.0f} | {max(rest):.0f} "
                    f"| {len(answer.content) / 1000:.0f} |"
                )
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
