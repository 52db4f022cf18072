import pytest

from stillwatch.ingest.sources.split_dates import rejoined


@pytest.mark.parametrize(
    ("row", "whole"),
    [
        (["a", "Feb 1", " 2026", "free"], ["a", "Feb 1, 2026", "free"]),
        (["a", "March 12", "2026 08:15", "x"], ["a", "March 12,2026 08:15", "x"]),
        (["a", "Feb 1", "free", "x"], ["a", "Feb 1", "free", "x"]),
        (["a", "b", "c", "d"], ["a", "b", "c", "d"]),
        (["Feb 1", " 2026", "Feb 2", " 2026"], ["Feb 1", " 2026", "Feb 2", " 2026"]),
    ],
)
def test_a_date_without_quotes(row: list[str], whole: list[str]) -> None:
    assert rejoined(row, 3) == whole
