"""Commands of ``stillwatch.commands.case.desk`` as a user types them."""

import getpass
import io
import json
from types import SimpleNamespace

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from stillwatch.cli import app
from stillwatch.commands.case import desk
from stillwatch.commands.entry.lazy import LazyCommand
from stillwatch.commands.table import CASE_COMMANDS
from stillwatch.errors import ChangedError, InputError, MissingError, PolicyError, SettingsError

VALUES = {"case": 1, "action": 1, "appeal": 1, "count": 1, "until": "2099-01-01"}


def commands_that_decide():
    """Yield the words of every command that needs decisions that are there, with values for what it must get."""
    groups = [([entry.name], LazyCommand(entry).loaded()) for entry in CASE_COMMANDS if entry.name != "open"]
    for words, command in groups:
        if commands := getattr(command, "commands", None):
            groups += [([*words, name], one) for name, one in commands.items()]
            continue
        if words == ["audit", "verify"]:
            yield words
        yield [*words, *(word for parameter in command.params for word in _given(parameter))]


def _given(parameter):
    if not parameter.required:
        return
    choices = parameter.type_descriptor.choices
    value = next(iter(choices)) if choices else VALUES.get(parameter.name, "named")
    if parameter.param_type_name == "option":
        yield parameter.opts[0]
    yield str(getattr(value, "value", value))


def test_what_is_refused_is_refused_here_too(case, scan, tmp_path):
    case("open", scan)
    with pytest.raises(PolicyError, match="no account may be acted on"):
        case("act", 1, "suspend", "--why", "x")
    with pytest.raises(InputError, match="no such case"):
        case("judge", 77, "unsure", "--why", "x")
    with pytest.raises(InputError, match="reason is empty"):
        case("judge", 1, "unsure", "--why", " ")
    with pytest.raises(InputError, match="not a readable text file"):
        case("judge", 1, "unsure", "--why", "x", "--accounts", tmp_path / "none")
    assert CliRunner().invoke(app, ["case", "open"]).exit_code == 2
    assert CliRunner().invoke(app, ["case", "judge", "1", "guilty", "--why", "x"]).exit_code == 2


@pytest.fixture
def asked(monkeypatch):
    """Return a function that runs a command of a person at a terminal, who answers."""

    class _Terminal(io.TextIOWrapper):
        def isatty(self):
            return True

    def done(answer, *words):
        monkeypatch.setattr("sys.stdin", _Terminal(io.BytesIO(answer.encode())))
        monkeypatch.setattr("stillwatch.commands.case.desk.typer.confirm", lambda *_, **__: answer == "y")
        monkeypatch.setattr("stillwatch.commands.case.desk.sys", SimpleNamespace(stdin=_Terminal(io.BytesIO())))
        return CliRunner().invoke(app, ["case", *map(str, words), "--why", "x", "--by", "ann"])

    return done


def test_a_person_confirms_a_decision_about_many_accounts(case, scan, asked):
    case("open", scan)
    shown = case("show", 2, by=None)["seen"]
    done = asked("n", "judge", 2, "confirmed")
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"62 accounts, as --seen {shown} states them." in done.stderr
    assert case("show", 2, by=None)["judgements"] == []
    assert asked("y", "judge", 2, "confirmed").exit_code == 0
    names = [part for n in range(12) for part in ("--account", f"acct_20c4d8_{n:05d}")]
    assert asked("y", "judge", 2, "confirmed", *names).exit_code == 0
    assert asked("n", "act", 2, "suspend", "--live").exit_code == 2
    assert case("show", 2, by=None)["actions"] == []
    case("act", 2, "suspend", "--why", "x", "--live")
    case("cancel", 1, "--why", "x")
    assert asked("n", "ask", 2, "--live").exit_code == 2
    assert [action["state"] for action in case("show", 2, by=None)["actions"]] == ["cancelled"]


def test_what_changes_between_the_look_and_the_decision_is_refused(case, scan, monkeypatch):
    """Another person undoes the action for one account while the first one reads the question."""
    case("open", scan)
    names = [part for n in range(3) for part in ("--account", f"acct_20c4d8_{n:05d}")]
    case("judge", 2, "confirmed", "--why", "x")
    case("judge", 2, "confirmed", "--why", "x", *names)
    case("act", 2, "suspend", "--why", "x", "--live")
    case("run", by=None)

    def meanwhile(*_, **__):
        case("undo", 1, "--why", "x", "--account", names[1])
        return True

    monkeypatch.setattr(desk, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    monkeypatch.setattr(desk.typer, "confirm", meanwhile)
    done = CliRunner().invoke(app, ["case", "undo", "1", "--why", "x", "--by", "ann"])
    assert isinstance(done.exception, ChangedError)
    assert "1 left since you looked" in str(done.exception)
    assert case("show", 2, by=None)["actions"][0]["state"] == "in_force"


def test_a_script_is_told_what_it_decided_on_and_not_asked(case, scan):
    case("open", scan)
    shown = case("show", 2, by=None)["seen"]
    done = CliRunner().invoke(app, ["case", "judge", "2", "confirmed", "--why", "x", "--by", "ann", "--json"])
    assert done.exit_code == 0
    assert shown in done.stderr
    json.loads(done.stdout)


@pytest.mark.parametrize("words", list(commands_that_decide()), ids=" ".join)
def test_in_a_wrong_folder_no_command_says_that_nobody_is_limited(words, tmp_path, monkeypatch):
    (tmp_path / "wrong").mkdir()
    monkeypatch.chdir(tmp_path / "wrong")
    (tmp_path / "named").write_text("a text")
    words = [str(tmp_path / word) if word == "named" and "allow" not in words else word for word in words]
    done = CliRunner().invoke(app, ["case", *words])
    assert isinstance(done.exception, MissingError), done.output
    assert done.exception.exit_code == 3
    assert str(tmp_path / "wrong" / "stillwatch.db") in done.exception.sentence()
    assert done.stdout == ""
    assert list((tmp_path / "wrong").iterdir()) == []


def test_who_opens_a_case_is_told_of_a_new_database(tmp_path, monkeypatch, scan):
    monkeypatch.chdir(tmp_path)
    for arguments in (["--title", "Tip", "--account", "a", "--why", "x"], [str(scan)]):
        told = [CliRunner().invoke(app, ["case", "open", *arguments, "--by", "ann"]).stderr for _ in range(2)]
        assert told == [f"New database of cases: {tmp_path / 'stillwatch.db'}\n", ""]
        for file in tmp_path.glob("stillwatch.db*"):
            file.unlink()


def test_without_a_login_name_somebody_has_to_be_named(monkeypatch):
    def nobody():
        raise OSError("no user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert desk.actor("ann").name == "ann"
    with pytest.raises(SettingsError, match="--by"):
        desk.actor(" ")


def test_the_commands_were_found():
    names = {words[0] for words in commands_that_decide()}
    assert names == set(get_command(app).commands["case"].loaded().commands) - {"open"}
