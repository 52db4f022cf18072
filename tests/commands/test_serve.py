"""``stillwatch serve`` as a user types it."""

from stillwatch import console


def test_flags_are_settings_of_the_console(run, monkeypatch):
    asked = []
    monkeypatch.setattr(console, "serve", lambda settings, say, link_for: asked.append((settings.console, link_for)))
    assert run("serve", "--host", "127.0.0.2", "--port", 9, "--link-for", "ann").exit_code == 0
    settings, link_for = asked[0]
    assert (settings.host, settings.port, link_for) == ("127.0.0.2", 9, "ann")


def test_a_port_that_there_is_not_is_a_settings_error(run):
    assert type(run("serve", "--port", 70_000).exception).__name__ == "SettingsError"
