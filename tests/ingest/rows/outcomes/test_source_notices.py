import pytest

from stillwatch.errors import FormatError
from stillwatch.ingest.rows.outcomes.source_notices import listed, notices, require_fit
from stillwatch.ingest.rows.outcomes.tallies import SourceTally

UNFIT = SourceTally("logs/README.md", unfit="no log format fits")
READ = SourceTally("logs/a.jsonl", "langfuse", n_exchanges=3)


def test_what_was_left_out_is_named_and_counted() -> None:
    more = [SourceTally(f"logs/{name}.txt", unfit="no log format fits") for name in "abcdefg"]
    assert notices([READ, UNFIT], 0.5) == ["1 file of a folder left out, because no log format fits: logs/README.md."]
    (told,) = notices([READ, UNFIT, *more], 0.5)
    assert told.startswith("8 files of a folder left out")
    assert told.endswith("and 3 more.")


def test_sources_that_gave_few_exchanges_are_named_beside_others() -> None:
    none = SourceTally("b", "langfuse", reasons={"odd": (4, 1)}, skipped={"pings": 2})
    few = SourceTally("c", "langfuse", n_exchanges=1, reasons={"odd": (3, 1)})
    half = SourceTally("d", "langfuse", n_exchanges=2, reasons={"odd": (2, 1)})
    told = notices([READ, few, half, none], 0.5)[-1]
    assert told == "2 sources of 4 gave few or no exchanges: b (0 of 4 rows, 2 records no inferences), c (1 of 4 rows)."
    assert notices([few], 0.5) == []
    assert notices([few, READ], 0.8) == []


def test_sources_without_a_row_are_named_once() -> None:
    empty = SourceTally("b")
    assert notices([READ, empty], 0.5) == ["1 source of 2 held no row: b."]
    empty.is_new = False
    assert notices([READ, empty], 0.5) == []


def test_kinds_of_skipped_records_are_told_where_a_format_names_them() -> None:
    plain = "3 records were not inferences and are not counted as rows"
    assert notices([SourceTally("a", "x", skipped={"": 3})], 0.5) == [f"{plain}."]
    told = f"{plain}: pings (2), records of other kinds (1)."
    assert notices([SourceTally("a", "x", skipped={"": 1, "pings": 2})], 0.5) == [told]
    assert listed({"b": 1, "a": 1, "c": 1_000}) == "c (1,000), a (1), b (1)"


def test_nothing_that_fits_is_an_error() -> None:
    require_fit([READ, UNFIT], ["langfuse"])
    require_fit([SourceTally("empty")], ["langfuse"])
    with pytest.raises(FormatError, match=r"^logs/README\.md: no log format fits\. Name the format with --format\."):
        require_fit([UNFIT, SourceTally("empty")], ["langfuse"])
    with pytest.raises(FormatError, match="nor any of 1 other files"):
        require_fit([UNFIT, SourceTally("b", unfit="no log format fits")], ["langfuse"])
