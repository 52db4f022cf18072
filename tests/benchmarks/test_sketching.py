"""The sketching benchmark: every method gets the same prompts, and the table has the measured times.

The libraries are in another environment, so stand-ins record their input.
"""

import importlib
import sys
from types import SimpleNamespace

import pyarrow as pa
import pytest


@pytest.fixture
def bench(monkeypatch):
    given = {}

    def take(name):
        def made(tokens, **settings):
            given[name] = ([list(t) for t in tokens], settings)

        return made

    bulk = SimpleNamespace(bulk=take("datasketch"))
    rensa = SimpleNamespace(from_token_sets=take("rensa"), digest_matrix_from_token_sets_rho=take("rho"))
    monkeypatch.setitem(sys.modules, "datasketch", SimpleNamespace(MinHash=bulk))
    monkeypatch.setitem(sys.modules, "rensa", SimpleNamespace(RMinHash=rensa))
    monkeypatch.delitem(sys.modules, "sketching", raising=False)
    module = importlib.import_module("sketching")
    yield SimpleNamespace(module=module, given=given)
    sys.modules.pop("sketching", None)


def test_the_libraries_get_every_prompt_with_128_permutations(bench):
    timings = bench.module.theirs(pa.array(["one two three four", "five", ""]))
    assert len(timings) == 4
    tokens, settings = bench.given["datasketch"]
    assert tokens == [[b"one two three", b"two three four"], [b"five"], [b""]]
    assert settings == {"num_perm": 128}
    assert bench.given["rho"][0] == [["one", "two", "three", "four"], ["five"], []]
    assert bench.given["rensa"][1]["num_perm"] == 128


def test_the_kernel_sketches_every_prompt(bench, monkeypatch):
    seen = []
    real = bench.module.sketch_texts

    def spy(prompts, systems, *, key):
        seen.append(len(prompts))
        return real(prompts, systems, key=key)

    monkeypatch.setattr(bench.module, "sketch_texts", spy)
    monkeypatch.setattr(bench.module, "BATCH", 4)
    timings = bench.module.ours(pa.array([f"prompt number {i}" for i in range(10)]), 2)
    assert [t.name for t in timings] == ["Stillwatch's kernel, 2 threads", "Stillwatch's kernel, one thread"]
    runs = 2 * bench.module.RUNS
    assert sum(seen[1:]) == 10 * runs, "the first batch warms up, then every prompt in every run"


def test_the_world_gives_the_requested_prompts(bench, tmp_path):
    log, accounts = bench.module.make(tmp_path, 3_000, seed=2)
    rows = bench.module.pq.read_table(log)
    assert len(rows) == 3_000
    assert rows["prompt"].null_count == 0
    assert accounts.exists()
    bench.module.read(log)


def test_the_table_has_ratios_of_this_run(bench):
    timing = bench.module.Timing
    kernel, other = timing("kernel", 0.5, 1.0), timing("other", 50.0, 40.0)
    text = bench.module.report(
        pa.array(["abcd"] * 1_000), [kernel, other], timing("scan", 2.0, 3.0), timing("read", 0.1, 0.1)
    )
    assert "| other | 50.00 | 40.00 | 0.0 | 20 | 100.0 | 40.0 | 25.00 |" in text
    assert "| scan | 2.00 | 3.00 | 0.0 | 500 | 4.0 | 3.0 | 1.00 |" in text


@pytest.mark.slow
def test_a_run_times_every_method_and_a_whole_scan(bench, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["sketching.py", "--prompts", "3000"])
    bench.module.main()
    printed = capsys.readouterr().out
    assert printed.startswith("3,000 prompts")
    assert "| a whole scan, sketching included |" in printed
    assert len(bench.given["datasketch"][0]) == 3_000
