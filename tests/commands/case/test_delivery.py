"""``stillwatch case deliver`` as a user types it."""

from stillwatch.cases import Desk
from stillwatch.settings import load


def test_the_outbox_is_sent_from_the_command_line_too(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Desk(load(environment={}).cases, create=True):
        pass
    assert run("case", "deliver").stdout == "Nothing is due.\n"
    assert run("case", "deliver", "--json").stdout.strip() == "{}"


def test_in_a_wrong_folder_nothing_is_made_and_nothing_is_said_to_be_due(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("case", "deliver")
    assert done.exit_code != 0
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []
