import os
import signal
import socket
import subprocess
import sys

import httpx2
import pytest
from typer.testing import CliRunner

from stillwatch.cases import Permission, Role
from stillwatch.cases.access import one_time_links, users
from stillwatch.cases.store import audit
from stillwatch.cli import app as commands
from stillwatch.console.server import first_link, link_of, serve
from stillwatch.errors import EngineError, SettingsError
from stillwatch.settings import ConsoleSettings, load


def _settings(folder, **console):
    flags = {f"console__{name}": value for name, value in console.items()}
    return load(environment={}, cases__database=f"sqlite:///{folder}/cases.db", **flags)


def test_the_command_prints_one_link_serves_and_ends_in_good_order(tmp_path):
    environment = {
        **os.environ,
        "STILLWATCH_CASES__DATABASE": f"sqlite:///{tmp_path}/cases.db",
        "STILLWATCH_CONSOLE__PASSWORD_MEMORY_KIB": "19456",
        "STILLWATCH_CONSOLE__PASSWORD_PASSES": "2",
    }
    command = [sys.executable, "-m", "stillwatch.cli", "serve", "--port", "0"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        _, _, link, listens = (process.stderr.readline().strip() for _ in range(4))
        url = listens.removeprefix("Stillwatch listens at ")
        assert link.startswith(f"{url}/link/")
        with httpx2.Client(base_url=url) as client:
            page = client.get(link)
            csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
            sent = {"csrf": csrf, "name": "root", "password": "a sentence does well", "again": "a sentence does well"}
            assert client.post(link, data=sent).headers["location"] == "/"
            assert client.get("/account.json").json()["role"] == "administrator"
            assert client.get(link).status_code == 403
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_there_is_a_link_only_while_there_is_no_administrator(desk):
    settings = ConsoleSettings()
    first, second = (first_link(desk, settings, "http://127.0.0.1:8470") for _ in range(2))
    assert first.startswith("http://127.0.0.1:8470/link/")
    assert first != second
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        users.create(work, "root", display="R", role=Role.ADMINISTRATOR)
    assert first_link(desk, settings, "http://127.0.0.1:8470") is None


def test_whoever_runs_the_console_can_let_the_only_administrator_back_in(desk):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        users.create(work, "root", display="R", role=Role.ADMINISTRATOR)
    url = link_of(desk, ConsoleSettings(), "http://127.0.0.1:8470", "root")
    with desk.look() as look:
        assert one_time_links.look_up(look, url.rpartition("/")[2]).name == "root"
    with desk.database.reading() as link:
        last = list(audit.entries(link))[-1]
    assert (last.actor, last.action, last.subject) == ("(console)", "link made", "user root")


def test_it_does_not_listen_for_others_without_https(tmp_path):
    with pytest.raises(SettingsError):
        serve(_settings(tmp_path, host="0.0.0.0"), pytest.fail)
    assert list(tmp_path.iterdir()) == [], "nothing was made before it was refused"


def test_a_port_that_is_taken_is_said_to_be(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(EngineError, match="cannot listen"):
        serve(_settings(tmp_path, port=taken.getsockname()[1]), pytest.fail)


def test_flags_overrule_settings(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("stillwatch.console.serve", lambda settings, _, **more: seen.append((settings.console, more)))
    monkeypatch.setenv("STILLWATCH_CONSOLE__PORT", "1")
    done = CliRunner().invoke(commands, ["serve", "--host", "::1", "--port", "2", "--link-for", "root"])
    assert done.exit_code == 0, done.output
    ((console, more),) = seen
    assert (console.host, console.port, more) == ("::1", 2, {"link_for": "root"})
