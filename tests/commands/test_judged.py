import pytest
from typer.testing import CliRunner

from stillwatch.cli import app
from stillwatch.commands.judged import judged
from stillwatch.settings import load


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        done = CliRunner().invoke(app, [*map(str, arguments)])
        assert done.exit_code == 0, done.output
        return done

    return run


def test_a_report_shows_how_people_judged_where_cases_exist(run, scan, tmp_path):
    run("report", scan)
    assert "As people judged it" not in (scan / "report.html").read_text()
    assert not list(tmp_path.glob("stillwatch.db*"))
    assert judged(load(environment={})) is None
    run("case", "open", scan, "--by", "ann")
    run("case", "judge", 1, "confirmed", "--why", "One list.", "--by", "ann")
    run("report", scan)
    page = (scan / "report.html").read_text()
    assert "As people judged it" in page
    assert "How many campaigns were missed" in page
    assert judged(load(environment={}))[0].n_confirmed == 1


def test_the_outbox_is_sent_from_the_command_line_too(run):
    assert run("case", "deliver").stdout == "Nothing is due.\n"
    assert run("case", "deliver", "--json").stdout.strip() == "{}"
