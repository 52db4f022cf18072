"""Results as JSON lines: a run goes on where it stopped, and states of the code never mix."""

import json

import pytest
from strangers.records import MixedStatesError, Records, code_state, results_of, run_missing

KEYS = [{"number": n} for n in range(3)]


def _perform(key, *, threads=0):
    return {"twice": 2 * key["number"], "threads": threads}, code_state()


def _fails(key, *, threads=0):
    raise AssertionError


def _of_another_state(key, *, threads=0):
    return {}, "other"


def test_what_is_there_is_not_run_again(tmp_path):
    out = tmp_path / "deep" / "r.jsonl"
    first = results_of(KEYS[:2], _perform, out=out, jobs=2)
    assert first == [(KEYS[0], {"twice": 0, "threads": 1}), (KEYS[1], {"twice": 2, "threads": 1})]
    assert results_of(KEYS[:2], _fails, out=out, jobs=1) == first
    assert [key for key, _ in results_of(KEYS, _perform, out=out, jobs=1)] == KEYS
    assert len(out.read_text("utf-8").splitlines()) == 3
    assert {json.loads(line)["code"] for line in out.read_text("utf-8").splitlines()} == {code_state()}


def test_without_a_file_results_are_returned_all_the_same():
    assert results_of(KEYS[:1], _perform, out=None, jobs=1) == [(KEYS[0], {"twice": 0, "threads": 0})]


def test_results_of_another_state_are_refused(tmp_path):
    out = tmp_path / "r.jsonl"
    Records(out, "old").add(KEYS[0], {}, "old")
    with pytest.raises(MixedStatesError, match="code old among those of new"):
        Records(out, "new")
    with pytest.raises(SystemExit, match="use another file"):
        results_of(KEYS, _fails, out=out, jobs=1)
    assert len(out.read_text("utf-8").splitlines()) == 1


def test_a_state_that_changes_while_a_run_goes_on_is_refused(tmp_path):
    out = tmp_path / "r.jsonl"
    with pytest.raises(MixedStatesError, match="code other"):
        run_missing(KEYS, _of_another_state, Records(out, code_state()), jobs=1)
    assert not out.exists()


def test_a_torn_line_is_run_again(tmp_path):
    out = tmp_path / "r.jsonl"
    kept = Records(out, "a")
    for key in KEYS[:2]:
        kept.add(key, {"n": 1}, "a")
    out.write_text(out.read_text("utf-8")[:-5], "utf-8")
    again = Records(out, "a")
    assert [again.has(key) for key in KEYS] == [True, False, False]
    again.add(KEYS[1], {"n": 2}, "a")
    assert Records(out, "a").results(KEYS) == [(KEYS[0], {"n": 1}), (KEYS[1], {"n": 2})]


def test_the_state_names_the_package_and_the_worlds():
    assert len(code_state()) == 12 + 1 + 8
