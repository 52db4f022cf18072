"""Measures the cost of sketching prompts: Stillwatch's kernel, datasketch, rensa, and a whole scan.

Run it with ``make bench-sketching``, or with ``python benchmarks/sketching.py [--prompts 200000] [--seed 61]`` in the
environment of requirements/peers.txt. All of them get the same prompts of a made world, as Arrow strings in memory. The
kernel makes 600 bytes per prompt, on two threads like a scan on two cores. The libraries make 128 MinHash permutations
over shingles of three words, from Python code as in their documentation. The table also has rensa over single words,
without shingles, and its sampling pipeline. Prints Markdown; only ratios within one run are comparable.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from datasketch import MinHash
from rensa import RMinHash
from scale import PACE, timed

from stillwatch import lab
from stillwatch.engine.streams import streamed
from stillwatch.features.sketch import key_of, sketch_texts

PERMUTATIONS, SHINGLE = 128, 3
BATCH = 16_384
RUNS = 5
"""Number of times that the kernel sketches all prompts; the median counts."""
SCHEMA = pa.schema([("prompt", pa.string())])


@dataclass(frozen=True)
class Timing:
    """Wall-clock seconds and CPU seconds of one method for all prompts."""

    name: str
    seconds: float
    busy: float


def main() -> None:
    """Make the prompts, time every method, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=61)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sketching-") as folder:
        log, accounts = make(Path(folder), arguments.prompts, arguments.seed)
        prompts = pq.read_table(log, columns=["prompt"])["prompt"].combine_chunks()
        timings = [*ours(prompts, arguments.threads), *theirs(prompts)]
        command = "scan", str(log), "--accounts", str(accounts), "--out", f"{folder}/scan", "--json"
        scan = _time("a whole scan, sketching included", lambda: timed([*command], Path(folder)))
        reading = [_time("DuckDB reads the prompts", lambda: read(log)) for _ in range(2)][-1]
        print(report(prompts, timings, scan, reading))


def make(folder: Path, n: int, seed: int) -> tuple[Path, Path]:
    """Write a log of the first *n* exchanges of a made world; return the paths of the log and of the accounts."""
    share = n / 200_000
    published = lab.CampaignSpec(name="published", accounts=max(4, round(45 * share)), per_day=PACE)
    spec = lab.preset(
        "reporting",
        accounts=max(40, round(2_200 * share)),
        campaigns=(published,),
        lookalikes=lab.every_lookalike(0.4 * share),
        variety="wide",
    )
    lab.build(folder / "world", spec, seed=seed)
    files = sorted((folder / "world" / "exchanges").iterdir())
    table = pa.concat_tables([pq.read_table(file, partitioning=None) for file in files])
    if len(table) < n:
        raise SystemExit(f"the world has {len(table):,} exchanges, fewer than {n:,}")
    pq.write_table(table.slice(0, n), folder / "log.parquet", compression="zstd", row_group_size=65_536)
    return folder / "log.parquet", folder / "world" / "accounts.parquet"


def ours(prompts: pa.Array, threads: int) -> list[Timing]:
    """Return the times of the kernel with *threads* threads and with one, called in batches as an engine does."""
    key = key_of("")
    nothing = pa.nulls(BATCH, pa.string())

    def sketch(batch: pa.RecordBatch) -> pa.RecordBatch:
        sketch_texts(batch.column("prompt"), nothing.slice(0, len(batch)), key=key)
        return batch.slice(0, 0)

    def run(workers: int) -> None:
        for _ in streamed(_batches(prompts), sketch, workers):
            pass

    sketch(next(_batches(prompts)))
    return [_median(f"Stillwatch's kernel, {_threads(t)}", lambda t=t: run(t)) for t in dict.fromkeys((threads, 1))]


def _batches(prompts: pa.Array) -> Iterator[pa.RecordBatch]:
    return iter(pa.table({"prompt": prompts}, schema=SCHEMA).to_batches(max_chunksize=BATCH))


def _threads(n: int) -> str:
    return "one thread" if n == 1 else f"{n} threads"


def theirs(prompts: pa.Array) -> list[Timing]:
    """Return the times of the libraries, shingling included."""
    texts = prompts.to_pylist()
    by_rensa = {"num_perm": PERMUTATIONS, "seed": 42}
    return [
        _time("datasketch, `MinHash.bulk`, shingles", lambda: MinHash.bulk(_coded(texts), num_perm=PERMUTATIONS)),
        _time("rensa, `RMinHash`, shingles", lambda: RMinHash.from_token_sets(map(shingles, texts), **by_rensa)),
        _time("rensa, `RMinHash`, words", lambda: RMinHash.from_token_sets((t.split() for t in texts), **by_rensa)),
        _time(
            "rensa, rho pipeline (samples), words",
            lambda: RMinHash.digest_matrix_from_token_sets_rho((t.split() for t in texts), **by_rensa),
        ),
    ]


def shingles(text: str) -> list[str]:
    """Return every run of three words of *text*, or the whole text if it is shorter."""
    words = text.split()
    return [" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))]


def _coded(texts: list[str]) -> Iterator[list[bytes]]:
    return ([shingle.encode() for shingle in shingles(text)] for text in texts)


def _median(name: str, work: Callable[[], object]) -> Timing:
    """Return the median of several runs; one run of a third of a second is too short to measure."""
    return sorted((_time(name, work) for _ in range(RUNS)), key=lambda timing: timing.seconds)[RUNS // 2]


def _time(name: str, work: Callable[[], object]) -> Timing:
    began, busy = time.perf_counter(), _busy()
    work()
    return Timing(name, time.perf_counter() - began, _busy() - busy)


def _busy() -> float:
    """Return the CPU seconds of this process and its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def read(log: Path) -> None:
    """Let DuckDB decode the prompts of *log*."""
    with duckdb.connect() as database:
        database.sql(f"SELECT SUM(strlen(prompt)) FROM read_parquet('{log}')").fetchall()


def report(prompts: pa.Array, timings: list[Timing], scan: Timing, reading: Timing) -> str:
    """Return the table: rates, and the time of each method relative to the kernel and to a scan."""
    n, size = len(prompts), pc.sum(pc.binary_length(prompts)).as_py()
    lines = [
        f"{n:,} prompts, {size / 1e6:,.0f} MB.",
        "",
        "| what | seconds | of processors | MB/s | prompts/s | seconds ÷ kernel's | processors' ÷ its | ÷ scan's |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {t.name} | {t.seconds:.2f} | {t.busy:.2f} | {size / 1e6 / t.seconds:,.1f} | {n / t.seconds:,.0f} | "
            f"{t.seconds / timings[0].seconds:,.1f} | {t.busy / max(timings[0].busy, 1e-9):,.1f} | "
            f"{t.seconds / scan.seconds:,.2f} |"
            for t in (*timings, scan, reading)
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
