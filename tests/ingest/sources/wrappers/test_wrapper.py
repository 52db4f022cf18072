from stillwatch.ingest.parsing.format import RowFault
from stillwatch.ingest.sources.wrappers.wrapper import Line, entries


def test_a_list_of_rows_holds_objects_or_their_json() -> None:
    assert entries([{"a": 1}, ' {"b": 2}', 3]) == [{"a": 1}, Line(' {"b": 2}'), RowFault("a JSON object is expected")]
    assert entries([]) == []


def test_other_values_are_no_list_of_rows() -> None:
    assert entries(["text", 1]) is None
    assert entries({"a": 1}) is None
    assert entries(None) is None
