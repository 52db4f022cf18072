import json

from stillwatch.commands import terminal
from stillwatch.model import Pace


def test_a_result_is_said_in_words_or_as_json_alone(capsys):
    terminal.say({"n": 2}, "Two.", as_json=True)
    terminal.say({"n": 2}, "Two.", as_json=False)
    out = capsys.readouterr().out.splitlines()
    assert (json.loads(out[0]), out[1]) == ({"n": 2}, "Two.")


def test_a_table_has_a_line_a_row(capsys):
    terminal.show(terminal.table(("name", "value"), [("a", "1"), ("b", "2")]))
    assert sum(line.strip().startswith("│") for line in capsys.readouterr().out.splitlines()) == 2


def test_progress_is_silent_where_the_result_is_json(capsys):
    with terminal.progress(True) as told:
        told(Pace("reading"))
    assert capsys.readouterr() == ("", "")


def test_brackets_and_control_characters_in_a_cell_are_text_and_no_markup(capsys):
    """An account id such as ``[/]`` ended the table with an error, and one with an escape sequence was obeyed."""
    hostile = ["[/]", "[bold red]x", "[link=https://evil.example]a[/link]", "\x1b[2J", ":smile:", "a\nb", "\u202eab"]
    terminal.show(terminal.table(("account",), [(one,) for one in hostile], title="[bold]t \x07"))
    out = capsys.readouterr().out
    for told in (
        "[/]", "[bold red]x", "[link=https://evil.example]a[/link]", "\\x1b[2J", ":smile:", "a\\nb", "\\u202eab",
        "[bold]t \\x07",
    ):  # fmt: skip
        assert told in out
    assert "\x1b" not in out
    assert sum(line.strip().startswith("│") for line in out.splitlines()) == len(hostile)


def test_a_text_is_shown_as_it_is(capsys):
    terminal.show("[/] \x1b[31m")
    terminal.echo("title \x9b2J", err=True)
    terminal.say({}, "case \x07", as_json=False)
    shown = capsys.readouterr()
    assert shown.out == "[/] \\x1b[31m\ncase \\x07\n"
    assert shown.err == "title \\x9b2J\n"


def test_notices_are_lines_on_stderr(capsys):
    terminal.warn(["One.", "Two \x1b."])
    assert capsys.readouterr() == ("", "notice: One.\nnotice: Two \\x1b.\n")


def test_a_long_word_is_folded_and_never_cut(capsys):
    terminal.show(terminal.table(("source",), [("/logs/" + "x" * 150 + "/end.jsonl",)]), width=80)
    out = capsys.readouterr().out
    assert "…" not in out
    assert sum(map(out.count, "x")) == 150
