"""Pairs of prompts: the score counts pairs, samples keep benign prompts, and equal frames make one group."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from templates import HALVES, Prompts, Score, by_edge, by_frame, pair_score, read, sample

from stillwatch.engine import DuckDBEngine


def test_pairs_are_counted() -> None:
    # true pairs: three in template 0, one in template 1; said: one pair right, one pair across templates
    template = np.array([0, 0, 0, 1, 1, -1])
    assert pair_score(np.array([7, 7, 8, 8, 0, 0]), template) == pytest.approx(Score(0.5, 0.25, 1 / 3))
    assert pair_score(np.zeros(6, np.int64), template) == Score(0.0, 0.0, 0.0)
    assert pair_score(np.array([1, 1, 1, 2, 2, 3]), template) == Score(1.0, 1.0, 1.0)


def test_a_sample_limits_templates_and_keeps_benign_prompts() -> None:
    prompts = Prompts([f"t{i}" for i in range(9)], np.array([0, 0, 0, 0, 1, 1, 1, -1, -2]))
    kept = sample(prompts, 2)
    assert sorted(kept.template.tolist()) == [-2, -1, 0, 0, 1, 1]
    assert sample(prompts, 0) is prompts
    assert sample(prompts, 2).texts == kept.texts


def test_the_halves_share_no_template_and_no_benign_prompt(tmp_path: Path) -> None:
    rows = [("t0-templates", "dual", f"topic {t}", f"text {i} of {t}") for t in range(20) for i in range(3)]
    rows += [("searches", "benign", "", f"question {i}") for i in range(30)]
    rows += [("tools", "harvest", "", "use the tool")]
    columns = ("source", "role", "topic", "text")
    table = pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
    pq.write_table(table, tmp_path / "prompts.parquet")
    tuning, reporting = (read(tmp_path / "prompts.parquet", half) for half in HALVES.values())
    assert not set(tuning.texts) & set(reporting.texts)
    assert len(tuning.texts) + len(reporting.texts) == 90
    assert len({text.split(" of ")[1] for text in tuning.texts if " of " in text}) == tuning.template.max() + 1
    assert len(np.unique(tuning.template[tuning.template < 0])) == (tuning.template < 0).sum()


def test_the_first_five_words_make_a_group() -> None:
    texts = ["tell me what this is", "tell me what this is about", "tell me what that is", "too short"]
    first, second, third, short = by_edge(Prompts(texts, np.zeros(4, np.int64)))
    assert first == second != third
    assert short == 0


def test_frames_separate_templates(tmp_path: Path) -> None:
    heads = ("Sum up this news article in one short sentence:\n", "Which of these two film reviews is more positive?\n")
    words = ("whales", "trains", "ships", "gardens")
    texts = [f"{head}{word} number {i}" for head in heads for i, word in enumerate(words)]
    texts += ["where do I find my invoice", "hello there"]
    with DuckDBEngine(tmp_path) as engine:
        group = by_frame(engine, Prompts(texts, np.zeros(len(texts), np.int64)))
    assert len(set(group[:4])) == len(set(group[4:8])) == 1
    assert group[0] != group[4]
    assert 0 not in group[:8]
    assert not set(group[8:]) & set(group[:8])
