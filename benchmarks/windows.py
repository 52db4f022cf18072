"""Measures window tests with a published protocol: Stillwatch's test and MMD over sentence embeddings.

Run it with ``make bench-windows PARTS=folder`` (about an hour on one core), or with ``python benchmarks/windows.py
PROMPTS.parquet`` in the environment of requirements/peers.txt. PROMPTS has the columns source, role and text. Prints
Markdown: per source and share of attack prompts, the share of windows that each test finds; the share of honest windows
that each test calls unusual; and the CPU time per prompt. Shares have 95% Wilson intervals.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from peers import mmd
from peers.embedding import embed
from peers.window_protocol import SEEDS, SHARES, SIZE, Pool, draw_windows, split
from scipy.stats import binomtest
from window_test import PromptSketches, WindowTest, fit

from stillwatch.features.sketch import key_of, sketch_texts

DEVELOPED_ON = {"apibench", "self-instruct-seeds"}
"""Sources used to choose the statistic; docs/reference/peers.md says what was seen of the others."""
MOST_PER_ATTACK = 4_000
DRAWS, NULL_PAIRS, PERCENTILE = 20, 1_000, 95
"""Settings of the published test: reference draws per window, honest pairs, and the percentile of the threshold."""
RATE = 0.005
"""Share of honest windows above the threshold of the other two tests."""
TESTS = ("MMD, as published", "MMD, whole reference", "Stillwatch")


class Texts(NamedTuple):
    """Prompts with the input of each test, and the CPU seconds per prompt to compute it."""

    source: npt.NDArray[np.str_]
    role: npt.NDArray[np.str_]
    vectors: npt.NDArray[np.float32]
    prompts: PromptSketches
    embedding_cost: float
    sketching_cost: float


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompts", type=Path)
    parser.add_argument("--windows", type=int, default=50, help="windows per seed, source and share")
    parser.add_argument("--honest-windows", type=int, default=300, help="honest windows per seed")
    parser.add_argument("--null-pairs", type=int, default=NULL_PAIRS)
    parser.add_argument("--splits", type=int, default=20, help="further splits that test Stillwatch's own rate")
    parser.add_argument("--embeddings", type=Path, help="a .npy file to keep embeddings in between runs")
    arguments = parser.parse_args()
    texts = read(arguments.prompts, arguments.embeddings)
    honest = np.flatnonzero(texts.role == "benign")
    attacks = {str(s): np.flatnonzero(texts.source == s) for s in np.unique(texts.source[texts.role == "harvest"])}
    found: dict[tuple[str, float], list[npt.NDArray[np.bool_]]] = {}
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        pool = split(honest, random)
        fitted = fit_tests(texts, pool, random, seed, arguments.null_pairs)
        nothing = pool.held_out[:0]
        cells = {"honest": {0.0: draw_windows(pool.held_out, nothing, 0.0, arguments.honest_windows, random)}}
        for source, rows in attacks.items():
            shares = {share: draw_windows(pool.held_out, rows, share, arguments.windows, random) for share in SHARES}
            cells[source] = {share: windows for share, windows in shares.items() if windows}
        for source, shares in cells.items():
            hits = judge(texts, fitted, [window for windows in shares.values() for window in windows])
            ends = np.cumsum([len(windows) for windows in shares.values()])
            for share, part in zip(shares, np.split(hits, ends[:-1], axis=1), strict=True):
                found.setdefault((source, share), []).append(part)
        print(f"seed {seed} done", file=sys.stderr, flush=True)
    report({cell: np.concatenate(parts, axis=1) for cell, parts in found.items()}, len(honest))
    costs(texts, scoring_costs(texts, pool, fitted))
    if arguments.splits:
        further(texts.prompts, honest, arguments.splits)


def read(path: Path, kept: Path | None) -> Texts:
    """Return the honest and harvest prompts at *path*, each text once, at most ``MOST_PER_ATTACK`` per harvest
    source.
    """
    table = pq.read_table(path, columns=["source", "role", "text"])
    random = np.random.default_rng(0)
    first = {text: row for row, text in reversed(list(enumerate(table["text"].to_pylist())))}
    table = table.take(pa.array(sorted(first.values())))
    source, role = (np.array(table[name].to_pylist()) for name in ("source", "role"))
    chosen = [np.flatnonzero(role == "benign")]
    for name in np.unique(source[role == "harvest"]):
        chosen.append(random.permutation(np.flatnonzero(source == name))[:MOST_PER_ATTACK])
    rows = np.concatenate(chosen)
    texts = table["text"].take(pa.array(rows)).combine_chunks()
    nothing = pa.nulls(len(texts), pa.string())
    sketch_texts(texts.slice(0, 10), nothing.slice(0, 10), key=key_of(""))
    began = time.process_time()
    made = sketch_texts(texts, nothing, key=key_of("")).rows
    sketching = (time.process_time() - began) / len(texts)
    vectors, embedding = _embedded(texts, kept)
    prompts = PromptSketches(made["vector"], made["n_words"], made["head_hash"], made["tail_hash"])
    return Texts(source[rows], role[rows], vectors, prompts, embedding, sketching)


def _embedded(texts: pa.Array, kept: Path | None) -> tuple[npt.NDArray[np.float32], float]:
    """Return embeddings and CPU seconds per prompt; for stored embeddings the time is measured on a sample."""
    if kept is None or not kept.exists():
        began = time.process_time()
        vectors = embed(texts.to_pylist())
        cost = (time.process_time() - began) / len(texts)
        if kept is not None:
            np.save(kept, vectors)
        return vectors, cost
    vectors = np.load(kept)
    sample = texts.take(pa.array(np.random.default_rng(0).permutation(len(texts))[:1_000])).to_pylist()
    embed(sample[:10])
    began = time.process_time()
    again = embed(sample)
    cost = (time.process_time() - began) / len(sample)
    if len(vectors) != len(texts) or not np.allclose(
        again[:100], vectors[np.random.default_rng(0).permutation(len(texts))[:100]], atol=1e-3
    ):
        raise SystemExit(f"{kept} was made from other prompts; delete it.")
    return vectors, cost


class Fitted(NamedTuple):
    """The tests of one seed. ``near`` (prompts, 2) is the mean kernel with the drawn references, and with the whole
    one.
    """

    kernel: mmd.Kernel
    near: npt.NDArray[np.float64]
    lines: npt.NDArray[np.float64]
    """Thresholds for ``own - 2 near`` of a window, one per reference."""
    stillwatch: WindowTest


def fit_tests(texts: Texts, pool: Pool, random: np.random.Generator, seed: int, null_pairs: int) -> Fitted:
    """Return the three tests, fitted only on the reference."""
    honest = texts.vectors[pool.reference]
    kernel = mmd.fit_kernel(honest, random)
    line = float(np.percentile(mmd.null_pairs(kernel, honest, SIZE, null_pairs, random), PERCENTILE))
    own_line = float(np.quantile(whole_null(kernel, honest, random), 1 - RATE, method="higher"))
    sets = [random.permutation(len(honest))[:SIZE] for _ in range(DRAWS)]
    members = np.column_stack((_members(sets, len(honest)), np.ones(len(honest))))
    alike = mmd.inner(members, mmd.sums(kernel, honest, honest, members))
    sizes = members.sum(axis=0)
    near = mmd.sums(kernel, texts.vectors, honest, members) / sizes
    stillwatch = fit(texts.prompts.take(pool.reference), size=SIZE, rate=RATE, seed=seed)
    two = np.column_stack((near[:, :DRAWS].mean(axis=1), near[:, DRAWS]))
    return Fitted(kernel, two, np.array([line - alike[:DRAWS].mean(), own_line - alike[DRAWS]]), stillwatch)


def _members(sets: list[npt.NDArray[np.int64]], n: int) -> npt.NDArray[np.float64]:
    members = np.zeros((n, len(sets)))
    for column, rows in enumerate(sets):
        members[rows, column] = 1
    return members


def own(
    kernel: mmd.Kernel, vectors: npt.NDArray[np.float32], windows: list[npt.NDArray[np.int64]]
) -> npt.NDArray[np.float64]:
    """Return the mean kernel between two prompts of each window."""
    rows, places = np.unique(np.concatenate(windows), return_inverse=True)
    members = _members(np.split(places, np.cumsum([len(w) for w in windows])[:-1]), len(rows))
    return mmd.inner(members, mmd.sums(kernel, vectors[rows], vectors[rows], members))


def whole_null(
    kernel: mmd.Kernel,
    honest: npt.NDArray[np.float32],
    random: np.random.Generator,
    splits: int = 6,
    shuffles: int = 10,
) -> npt.NDArray[np.float64]:
    """Return MMD² of windows of one half of the reference against the other half, as for Stillwatch's threshold."""
    null = []
    for _ in range(splits):
        order = random.permutation(len(honest))
        half, rest = honest[order[: len(order) // 2]], order[len(order) // 2 :]
        whole = np.ones((len(half), 1))
        alike = mmd.inner(whole, mmd.sums(kernel, half, half, whole))
        near = np.zeros(len(honest))
        near[rest] = mmd.sums(kernel, honest[rest], half, whole)[:, 0] / len(half)
        windows = draw_windows(rest, rest[:0], 0.0, shuffles * (len(rest) // SIZE), random)
        null.append(own(kernel, honest, windows) + alike - 2 * np.array([near[w].mean() for w in windows]))
    return np.concatenate(null)


def judge(texts: Texts, fitted: Fitted, windows: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.bool_]:
    """Return which windows each test finds: (tests, windows)."""
    near = np.array([fitted.near[w].mean(axis=0) for w in windows])
    distance = own(fitted.kernel, texts.vectors, windows)[:, None] - 2 * near
    sketches = [fitted.stillwatch.read(texts.prompts.take(rows)).unusual for rows in windows]
    return np.vstack(((distance > fitted.lines).T, sketches))


def scoring_costs(texts: Texts, pool: Pool, fitted: Fitted) -> dict[str, float]:
    """Return CPU seconds per prompt to score single windows, without the precomputed part of the reference."""
    honest, seconds = texts.vectors[pool.reference], []
    window = pool.held_out[:SIZE]
    for rows in (len(honest[: DRAWS * SIZE]), len(honest)):
        began = time.process_time()
        own(fitted.kernel, texts.vectors, [window])
        mmd.sums(fitted.kernel, texts.vectors[window], honest[:rows], np.ones((rows, 1)))
        seconds.append(time.process_time() - began)
    began = time.process_time()
    for _ in range(20):
        fitted.stillwatch.read(texts.prompts.take(window))
    seconds.append((time.process_time() - began) / 20)
    return dict(zip(TESTS, [s / SIZE for s in seconds], strict=True))


def report(found: dict[tuple[str, float], npt.NDArray[np.bool_]], n_honest: int) -> None:
    """Print what each test found, with 95% intervals (Wilson)."""
    held_out = n_honest - round(0.8 * n_honest)
    print(f"{n_honest:,} honest prompts; {held_out // SIZE} windows of a seed's {held_out:,} share no prompt.\n")
    print(f"| windows of | share | windows | {' | '.join(TESTS)} |\n|---|---|---|{'---|' * len(TESTS)}")
    order = sorted(found, key=lambda cell: (cell[0] != "honest", cell[0] in DEVELOPED_ON, cell))
    for source, share in order:
        hits = found[source, share]
        mark = " (developed on)" if source in DEVELOPED_ON else ""
        shown = " | ".join(interval(int(row.sum()), len(row)) for row in hits)
        print(f"| {source}{mark} | {100 * share:.0f}% | {hits.shape[1]} | {shown} |")

    for name, sources in (("not developed on", DEVELOPED_ON), ("all", set())):
        least = [hits.mean(axis=1) for (s, share), hits in found.items() if share == SHARES[0] and s not in sources]
        if least:
            shown = " | ".join(f"{100 * value:.1f}%" for value in np.mean(least, axis=0))
            print(f"| mean of sources, {name} | {100 * SHARES[0]:.0f}% | | {shown} |")


def interval(count: int, of: int) -> str:
    """Return a share in percent with its interval."""
    low, high = binomtest(count, of).proportion_ci(method="wilson")
    return f"{100 * count / of:.1f}% ({100 * low:.1f}–{100 * high:.1f})"


def costs(texts: Texts, scoring: dict[str, float]) -> None:
    """Print CPU microseconds per prompt."""
    print(
        "\n| test | to read a prompt, µs | to score it, µs | together | of MMD, as published |\n|---|---|---|---|---|"
    )
    reading = dict(zip(TESTS, (texts.embedding_cost, texts.embedding_cost, texts.sketching_cost), strict=True))
    together = {test: reading[test] + scoring[test] for test in TESTS}
    for test in TESTS:
        figures = (reading[test], scoring[test], together[test])
        shown = " | ".join(f"{1e6 * seconds:,.1f}" for seconds in figures)
        print(f"| {test} | {shown} | 1/{together[TESTS[0]] / together[test]:,.0f} |")


def further(prompts: PromptSketches, honest: npt.NDArray[np.int64], splits: int) -> None:
    """Print how many honest windows Stillwatch calls unusual over many splits, with disjoint windows in each split."""
    unusual, of = 0, 0
    for seed in range(100, 100 + splits):
        random = np.random.default_rng(seed)
        pool = split(honest, random)
        test = fit(prompts.take(pool.reference), size=SIZE, rate=RATE, seed=seed)
        windows = draw_windows(pool.held_out, pool.held_out[:0], 0.0, len(pool.held_out) // SIZE, random)
        unusual += sum(test.read(prompts.take(rows)).unusual for rows in windows)
        of += len(windows)
    print(f"\nStillwatch over {splits} further splits, disjoint honest windows: {interval(unusual, of)} of {of}.")


if __name__ == "__main__":
    main()
