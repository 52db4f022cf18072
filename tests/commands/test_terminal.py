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
