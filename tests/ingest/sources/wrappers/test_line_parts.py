import pytest

from stillwatch.ingest.sources.wrappers.line_parts import LineParts, Whole
from stillwatch.ingest.sources.wrappers.wrapper import Line


def joined(*lines: Line, most: int = 1_000) -> list[Whole]:
    parts = LineParts(most)
    found = [whole for position, line in enumerate(lines, start=1) for whole in parts.add(position, line)]
    return [*found, *parts.finish()]


def test_parts_are_joined_where_the_store_tells_the_last_one() -> None:
    lines = (Line("ab", ended=False), Line("other", "2"), Line("cd", ended=False), Line("e"), Line("next"))
    assert joined(*lines) == [Whole(2, "other"), Whole(1, "abcde"), Whole(5, "next")]


def test_parts_are_joined_until_they_are_an_object() -> None:
    lines = (Line('{"a": ', ended=None), Line('"x} ', ended=None), Line('y"}', ended=None), Line("z", ended=None))
    assert joined(*lines) == [Whole(1, '{"a": "x} y"}'), Whole(4, "z")]


def test_a_part_without_an_end_gives_way_to_a_whole_line() -> None:
    lines = (Line('{"a": ', ended=None), Line("text", ended=None), Line('{"b": 1}', ended=None))
    assert joined(*lines) == [Whole(1, '{"a": '), Whole(2, "text"), Whole(3, '{"b": 1}')]


def test_json_over_many_lines() -> None:
    lines = [Line(text) for text in ("up", "{", '  "a": {', '    "b": 1', "  }", "}", "[", '  {"c": 2}', "]")]
    assert joined(*lines) == [
        Whole(1, "up"),
        Whole(2, '{\n  "a": {\n    "b": 1\n  }\n}'),
        Whole(7, '[\n  {"c": 2}\n]'),
    ]


def test_json_over_many_lines_that_is_cut_off() -> None:
    assert joined(Line("{"), Line('  "a": 1'), Line('{"b": 1}')) == [Whole(1, '{\n  "a": 1'), Whole(3, '{"b": 1}')]
    assert joined(Line("{"), Line('  "a": 1')) == [Whole(1, '{\n  "a": 1')]


@pytest.mark.parametrize("ended", [False, None])
def test_too_many_parts_are_told_and_never_held(ended: bool | None) -> None:
    parts = [Line('{"a": "' + "x" * 90, ended=ended), *(Line("x" * 90, ended=ended) for _ in range(30))]
    found = joined(*parts, Line('"}', ended=ended or ended is not None), most=500)
    assert found[0].text is None
    assert found[0].position == 1
