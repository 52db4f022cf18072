"""Measures how well frames separate the templates of real prompts: precision, recall and F1 over pairs of prompts.

    make bench-templates PARTS=folder
    python benchmarks/templates.py PROMPTS.parquet [--half tuning|reporting]

PROMPTS has the columns source, role, topic and text. Two prompts of one T0 template (topic) are a true pair; every pair
with a benign prompt is false. Templates are split by a hash of their name, benign prompts by a hash of their text. The
rules were chosen on the tuning half; report figures on the reporting half. Each prompt is its own account, so only its
sketch shows its template. Its frame is chosen by the queries of ``signals.shared_frame``. The table also has the first
five words as a simple alternative. Pairs are counted, not enumerated. Prints Markdown.
"""

import argparse
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.engine import DuckDBEngine
from stillwatch.features import NEEDS
from stillwatch.features.frames import chain
from stillwatch.features.prints import printer
from stillwatch.features.words import hash_words
from stillwatch.settings import FeaturesSettings
from stillwatch.signals.shared_frame import SIGNAL
from stillwatch.tables import EXCHANGES

HALVES = {"tuning": 0, "reporting": 1}
SEED = 5
PER_TEMPLATE = (0, 50, 12)
"""Prompts per template; 0 means all (at most 200)."""
EDGE = 5

Ints = npt.NDArray[np.int64]


class Prompts(NamedTuple):
    """Texts with the number of their template; each benign prompt has its own negative number."""

    texts: list[str]
    template: Ints

    def take(self, rows: Ints) -> "Prompts":
        """Return the prompts at *rows*."""
        return Prompts([self.texts[i] for i in rows], self.template[rows])


class Score(NamedTuple):
    """Precision, recall and F1 over pairs."""

    precision: float
    recall: float
    f1: float


def _half(text: str) -> int:
    return sha256(text.encode()).digest()[0] % 2


def read(path: Path, half: int) -> Prompts:
    """Return the distinct T0 and benign prompts of one half, T0 prompts first."""
    rows = pq.read_table(path, columns=["source", "role", "topic", "text"]).to_pylist()
    templates: dict[str, str] = {}
    benign: dict[str, None] = {}
    for row in rows:
        if row["source"] == "t0-templates" and _half(row["topic"]) == half:
            templates.setdefault(row["text"], row["topic"])
        elif row["role"] == "benign" and _half(row["text"]) == half:
            benign.setdefault(row["text"])
    names = {name: i for i, name in enumerate(sorted(set(templates.values())))}
    number = [names[name] for name in templates.values()] + [-1 - i for i in range(len(benign))]
    return Prompts([*templates, *benign], np.array(number, np.int64))


def sample(prompts: Prompts, most: int) -> Prompts:
    """Return *prompts* with at most *most* per template (0: all), drawn with a fixed seed."""
    if not most:
        return prompts
    rng = np.random.default_rng(SEED)
    kept = [np.flatnonzero(prompts.template < 0)]
    for number in range(prompts.template.max() + 1):
        kept.append(rng.permutation(np.flatnonzero(prompts.template == number))[:most])
    return prompts.take(np.sort(np.concatenate(kept)))


def pair_score(group: Ints, template: Ints) -> Score:
    """Return the score of predicting the same *template* for two prompts with the same *group* (0: no group)."""

    def pairs(counts: Ints) -> int:
        return sum(int(n) * (int(n) - 1) // 2 for n in counts)

    true = pairs(np.unique(template, return_counts=True)[1])
    said = group != 0
    found = pairs(np.unique(group[said], return_counts=True)[1])
    both = np.unique(np.stack((group[said], template[said])), axis=1, return_counts=True)[1]
    hit = pairs(both)
    precision, recall = hit / max(found, 1), hit / max(true, 1)
    return Score(precision, recall, 2 * hit / max(found + true, 1))


def by_frame(engine: DuckDBEngine, prompts: Prompts) -> Ints:
    """Return the frame of each prompt, as ``signals.shared_frame`` chooses it; 0 for none."""
    n = len(prompts.texts)
    columns: dict[str, Any] = dict.fromkeys(NEEDS, [None] * n)
    columns |= {"account_id": [str(i) for i in range(n)], "at": [0] * n, "prompt": prompts.texts}
    schema = pa.schema([EXCHANGES.schema.field(name) for name in NEEDS])
    batch = pa.RecordBatch.from_pydict(columns, schema=schema)
    prints = pa.Table.from_batches([printer(FeaturesSettings())(batch)])
    chosen = _frames(engine, prints)
    group = np.zeros(n, np.int64)
    group[chosen.column("account_id").cast(pa.int64()).to_numpy()] = chosen.column("value").cast(pa.int64()).to_numpy()
    return group


def _frames(engine: DuckDBEngine, prints: pa.Table) -> pa.Table:
    """Return the answer of ``SIGNAL`` with a minimum of one prompt instead of three: each account has one here."""
    tables: dict[str, Any] = {"prints": prints}
    for table, select in (*((step.table, step.select) for step in SIGNAL.steps), ("frames", SIGNAL.select)):
        query = select.replace("COUNT(*) >= 3", "COUNT(*) >= 1")
        tables[table] = engine.arrow(engine.query(query, **tables)).read_all()
    return tables["frames"]


def by_edge(prompts: Prompts) -> Ints:
    """Return the hash of the first five words, which was the start of a frame in sketch version 1; 0 for none."""
    group = np.zeros(len(prompts.texts), np.int64)
    for i, text in enumerate(prompts.texts):
        words = hash_words(text)
        if len(words) >= EDGE:
            group[i] = int(chain(words, 0, EDGE, np.uint64(0))) >> 1
    return group


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompts", type=Path)
    parser.add_argument("--half", choices=HALVES, default="reporting")
    arguments = parser.parse_args()
    whole = read(arguments.prompts, HALVES[arguments.half])
    n_templates = int(whole.template.max()) + 1
    n_benign = int((whole.template < 0).sum())
    print(f"{n_templates} templates of the {arguments.half} half, {n_benign:,} benign prompts among them.\n")
    print("| prompts per template | prompts | method | precision | recall | pair-F1 | seconds |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, DuckDBEngine(Path(folder)) as engine:
        by_frame(engine, whole.take(np.arange(10)))
        for most in PER_TEMPLATE:
            prompts = sample(whole, most)
            for name, method in (("frames", lambda p: by_frame(engine, p)), ("first five words", by_edge)):
                began = time.perf_counter()
                score = pair_score(method(prompts), prompts.template)
                spent = time.perf_counter() - began
                print(
                    f"| {most or 'all'} | {len(prompts.texts):,} | {name} | {score.precision:.3f} | {score.recall:.3f} "
                    f"| {score.f1:.3f} | {spent:.1f} |"
                )


if __name__ == "__main__":
    main()
