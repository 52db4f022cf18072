"""Commands of ``stillwatch.commands.case.queue`` as a user types them."""

import sqlite3

import pytest
from typer.testing import CliRunner

from stillwatch.cli import app


@pytest.fixture
def store_by_hand(case, tmp_path):
    """Return a function that puts a case into the database whose title and account the program would not take."""

    def store(title, account):
        case("open", "--title", "Tip", "--account", "x", "--why", "x")
        (database,) = tmp_path.glob("*.db")
        with sqlite3.connect(database) as link:
            link.execute("UPDATE cases SET title = ?", [title])
            link.execute("UPDATE case_members SET account_id = ?", [account])

    return store


@pytest.mark.parametrize("name", ["[/]", "[bold]x", "[link=a]b[/link]", "a\u202eb", "a\u009b2J"])
def test_a_title_or_account_id_is_text_and_nothing_else(case, store_by_hand, name):
    store_by_hand(f"Tip {name}", name)
    for command in (("list",), ("show", "1"), ("in-force",), ("list", "--json"), ("show", "1", "--json")):
        done = CliRunner().invoke(app, ["case", *command])
        assert done.exit_code == 0, done.output
        assert not {"\x1b", "\x9b", "\u202e"} & set(done.output), command
        if command != ("in-force",) and name.startswith("["):
            assert name in done.output


def test_a_case_is_shown_with_its_innocent_readings(case, scan):
    case("open", scan, "--name", "March")
    shown = case("show", 1, by=None)
    assert shown["campaign"]["innocent_readings"]
    text = CliRunner().invoke(app, ["case", "show", "1"]).stdout
    assert "Innocent explanations:" in text
    assert "urgent, open" in text
    assert "cmp-7f3a91" in CliRunner().invoke(app, ["case", "list"]).stdout
