"""Days that add up in a state give the bytes of one scan over all of them: in order, in any, late, again, overlapping."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from stillwatch import features, ingest, lab
from stillwatch.engine import DuckDBEngine
from stillwatch.runs import scan
from stillwatch.settings import Settings, load
from stillwatch.tables import SKETCHED

RESULTS = (
    "campaigns.parquet",
    "members.parquet",
    "bonds.parquet",
    "timeline.parquet",
    "rejects.parquet",
    "summary.json",
)
LATE, OVERLAPPING, ALL = 6, 7, range(8)
"""Which file has rows of all days, and which repeats rows of others, beside the six that have a day each."""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A small log in six files with a hidden campaign, broken lines, late rows and repeated ones."""
    folder = tmp_path_factory.mktemp("adding-up")
    lab.build(folder / "world", lab.preset("demo", accounts=60, days=6), seed=5)
    days = [
        pq.read_table(path, partitioning=None) for path in sorted((folder / "world" / "exchanges").glob("*.parquet"))
    ]
    assert len(days) == 6
    drawn = np.random.default_rng(3)
    late, kept, repeated = [], [], []
    for day in days:
        is_late = pa.array(drawn.random(len(day)) < 0.05)
        late.append(day.filter(is_late))
        kept.append(day.filter(pc.invert(is_late)))
        repeated.append(kept[-1].slice(0, 40))
    again = pa.concat_tables(repeated)
    # Half of what is repeated says something else, and earlier: which row is kept must not depend on who came first.
    hour = pa.scalar(3_600_000_000, pa.duration("us"))
    other = pc.if_else(pa.array(drawn.random(len(again)) < 0.5), pc.subtract(again["at"], hour), again["at"])
    again = again.set_column(again.schema.get_field_index("at"), "at", other)
    paths = []
    for number, table in enumerate([*kept, pa.concat_tables(late), again]):
        path = folder / f"log-{number}.jsonl"
        lines = [json.dumps(row, default=str) for row in table.to_pylist()]
        lines[7] = "no json"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths.append(str(path))
    return paths


@pytest.fixture(scope="module")
def scanned(files, tmp_path_factory):
    """Return a function that scans some files, by number, with a state or without, and gives what came out as bytes."""
    accounts = Path(files[0]).parent / "world" / "accounts.parquet"

    def run(numbers, settings=None, more=(), **options):
        out = tmp_path_factory.mktemp("out")
        named = [files[number] for number in numbers]
        scan([*named, *more], out, settings=settings or Settings(), accounts=str(accounts), **options)
        return {name: (out / name).read_bytes() for name in RESULTS}

    return run


@pytest.fixture(scope="module")
def batch(scanned):
    """One scan over everything, with a campaign in it, or there would be little to compare."""
    found = scanned(ALL)
    summary = json.loads(found["summary.json"])
    assert summary["n_campaigns"] >= 1
    assert summary["n_rejects"] > 100
    return found


@pytest.fixture(scope="module")
def delivered(files, tmp_path_factory):
    """Return a function that adds some files to a state as a scan does, and looks no further."""

    def run(numbers, state, settings=None):
        settings = settings or Settings()
        folder = tmp_path_factory.mktemp("delivered")
        with (
            ingest.LogState(state, settings) as kept,
            DuckDBEngine(folder) as engine,
            ingest.Rejects(folder / "rejects.parquet") as rejects,
        ):
            ingest.stage(
                engine, ingest.expand([files[number] for number in numbers]), rejects, settings=settings.ingest, notices=[],
                transform=features.sketcher(settings.features), schema=SKETCHED.schema, state=kept,
            )  # fmt: skip

    return run


def _same(found, expected):
    assert [name for name in RESULTS if found[name] != expected[name]] == []


@pytest.mark.slow
def test_a_scan_a_day_is_one_scan_over_all_days(scanned, batch, tmp_path):
    for numbers in ([0, 1, 2], [3], [4], [5, LATE], [OVERLAPPING]):
        found = scanned(numbers, state=tmp_path)
    _same(found, batch)


@pytest.mark.slow
def test_files_come_in_any_order_again_and_under_other_names(scanned, delivered, batch, files, tmp_path):
    copy = tmp_path / "re-delivered.jsonl"
    copy.write_bytes(Path(files[LATE]).read_bytes())
    for numbers in ([OVERLAPPING, LATE], [3, 1, LATE], [5], [4, 2]):
        delivered(numbers, tmp_path / "state")
    _same(scanned([0, 3], more=[str(copy)], state=tmp_path / "state"), batch)
    delivered(reversed(ALL), tmp_path / "state")
    _same(scanned([], state=tmp_path / "state"), batch)


@pytest.mark.slow
def test_a_moment_in_the_past_is_that_of_the_whole_log(scanned, delivered, tmp_path):
    until = datetime(2026, 3, 5, 12, tzinfo=UTC)
    delivered([LATE, 3, 0, 5], tmp_path)
    found = scanned([1, 2, 4, OVERLAPPING], state=tmp_path, until=until)
    assert json.loads(found["summary.json"])["n_later"] > 0
    _same(found, scanned(ALL, until=until))


@pytest.mark.slow
def test_a_history_sees_the_same_log(scanned, tmp_path):
    before = [0, 1, 2, 3, LATE]
    _same(
        scanned(before, state=tmp_path / "state", history=tmp_path / "one"), scanned(before, history=tmp_path / "two")
    )
    found = scanned([4, 5, OVERLAPPING], state=tmp_path / "state", history=tmp_path / "one")
    _same(found, scanned(ALL, history=tmp_path / "two"))
    assert json.loads(found["summary.json"])["look"]["number"] == 2


@pytest.mark.slow
def test_days_that_are_not_kept_are_as_if_they_had_never_come(scanned, delivered, files, tmp_path):
    """But for the notice and the count of what is not looked at."""
    keep = load(environment={}, state__keep_days=2)
    for number in (5, OVERLAPPING, 0, LATE, 4, 3):
        delivered([number], tmp_path / "state", keep)
    found = scanned([1, 2], keep, state=tmp_path / "state")
    _same(found, scanned(ALL, keep, state=tmp_path / "other"))
    days = sorted({part.name[:10] for part in (tmp_path / "state").rglob("*.000.parquet")})
    assert len(days) == 3
    texts = [Path(file).read_text(encoding="utf-8").splitlines() for file in files]
    summary = json.loads(found["summary.json"])
    assert summary["n_exchanges"] + summary["n_rejects"] + summary["n_earlier"] == sum(map(len, texts)), "rows in"
    young = []
    for number, lines in enumerate(texts):
        young.append(str(tmp_path / f"log-{number}.jsonl"))
        kept = [line for line in lines if _day(line, days[0]) >= days[0]]
        # What cannot be read has no day, and goes when nothing else of its file is left.
        is_left = any(_day(line, "") >= days[0] for line in lines)
        Path(young[-1]).write_text("\n".join(kept) + "\n" if is_left else "", encoding="utf-8")
    expected = scanned([], keep, more=young, format="canonical_jsonl")
    # The rows, not the bytes: the name of the run is of all results, and the notice is one of them.
    assert [name for name in RESULTS[:4] if not _table(found[name]).equals(_table(expected[name]))] == []
    alone = json.loads(expected["summary.json"])
    assert (summary["n_exchanges"], summary["n_rejects"]) == (alone["n_exchanges"], alone["n_rejects"])


def _table(data):
    return pq.read_table(pa.BufferReader(data))


def _day(line, without):
    return json.loads(line)["at"][:10] if line.startswith("{") else without


def test_what_a_state_did_stands_beside_the_result(scanned, files, tmp_path):
    for name in ("one", "two"):
        scan(files[:2], tmp_path / name, settings=Settings(), state=tmp_path / "state")
    took = [json.loads((tmp_path / name / "run.json").read_text()) for name in ("one", "two")]
    assert [run["state"] for run in took] == [{"read": 2, "knew": 0, "held": 2}, {"read": 0, "knew": 2, "held": 2}]
    assert took[0]["stages"][0]["rows"] > 0
    assert took[1]["stages"][0] | {"seconds": 0, "peak_mib": 0} == {
        "stage": "reading", "rows": 0, "bytes": 0, "seconds": 0, "peak_mib": 0,
    }  # fmt: skip
