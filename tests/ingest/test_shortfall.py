"""Silence is told from innocence: where none or few of the rows became exchanges, that is an error."""

from dataclasses import replace

import pytest

from stillwatch.ingest.rows.outcomes.tallies import SourceTally
from stillwatch.ingest.shortfall import shortfall

READ = SourceTally("a.jsonl", "langfuse", n_exchanges=10, reasons={"odd": (10, 2)})
REFUSED = SourceTally("b.jsonl", "langfuse", reasons={"at is missing; expected in startTime": (3, 7), "odd": (1, 1)})
SKIPPED = SourceTally("c.jsonl", "otel_genai", skipped={"database spans": 5, "": 1})


def sentence(*tallies: SourceTally, most: float = 0.5) -> str:
    found = shortfall(tallies, most)
    assert found is None or found.exit_code == 3
    return "" if found is None else found.sentence()


def test_enough_exchanges_are_no_error() -> None:
    assert sentence(READ) == ""
    assert sentence(READ, SKIPPED) == "", "most spans of a trace are no inferences"
    assert sentence() == ""


def test_no_exchange_at_all_is_always_an_error_with_its_reasons() -> None:
    told = sentence(REFUSED, most=1)
    assert told.startswith("b.jsonl: none of the 4 rows became an exchange.")
    assert '"at is missing; expected in startTime" (3, for example row 7 of b.jsonl), "odd" (1, ' in told
    assert "stillwatch inspect" in told
    assert "records are no inferences: database spans (5), records of other kinds (1)" in sentence(REFUSED, SKIPPED)


def test_nothing_but_skipped_records_is_an_error() -> None:
    assert "none of the 6 records is an inference: database spans (5)" in sentence(SKIPPED)


def test_an_empty_log_says_so() -> None:
    assert sentence(SourceTally("a"), SourceTally("b")).startswith("2 sources: the log is empty")


@pytest.mark.parametrize(("most", "is_error"), [(0, True), (0.49, True), (0.5, False), (1, False)])
def test_few_exchanges_are_an_error_above_a_share(most: float, is_error: bool) -> None:
    told = sentence(READ, most=most)
    assert bool(told) is is_error
    if told:
        assert told.startswith(f"a.jsonl: 10 of 20 rows are rejects, more than a share of {most:g}.")
        assert "--max-rejects" in told


def test_reasons_are_cut_and_counted() -> None:
    many = SourceTally("a", "x", reasons={f"reason {n}": (9 - n, n) for n in range(5)})
    assert sentence(many).count('"reason') == 3
    assert "and 2 further reasons" in sentence(many)


def test_new_sources_of_a_state_are_judged_by_themselves_and_then_all() -> None:
    month = replace(READ, n_exchanges=1_000, is_new=False)
    assert "none of the 4 rows" in sentence(month, REFUSED)
    assert sentence(month) == ""
    assert "none of the 4 rows" in sentence(replace(REFUSED, is_new=False)), "a second run does not forget"
