import pytest

from stillwatch.console.web.base_url import is_loopback, site_of
from stillwatch.errors import SettingsError
from stillwatch.settings import ConsoleSettings


def test_without_settings_it_is_this_machine_at_the_port_that_was_taken():
    site = site_of(ConsoleSettings(), 41234)
    assert site.url == "http://127.0.0.1:41234"
    assert site.hosts == {"127.0.0.1:41234", "localhost:41234", "[::1]:41234"}
    assert not site.is_https
    assert site.cookie("session") == "stillwatch-session"


def test_over_tls_cookies_are_of_this_host_alone():
    site = site_of(ConsoleSettings(base_url="https://Console.Example/"))
    assert site.url == "https://console.example"
    assert site.hosts == {"console.example"}
    assert site.is_https
    assert site.cookie("session") == "__Host-stillwatch-session"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"host": "0.0.0.0"}, "console.base_url"),
        ({"host": "192.0.2.1"}, "console.base_url"),
        ({"host": "::"}, "console.base_url"),
        ({"host": "0.0.0.0", "base_url": "http://console.example"}, "console.base_url"),
        ({"base_url": "http://console.example"}, "console.base_url"),
        ({"host": "0.0.0.0", "base_url": "http://127.0.0.1:8470"}, "console.host"),
    ],
)
def test_it_does_not_listen_for_others_without_https_and_says_why(settings, named):
    with pytest.raises(SettingsError) as refused:
        site_of(ConsoleSettings(**settings))
    assert refused.value.where == named
    assert "https" in refused.value.sentence()


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "0.0.0.0", "base_url": "https://console.example"},
        {"host": "0.0.0.0", "base_url": "http://console.example", "allow_http": True},
        {"host": "::1"},
        {"base_url": "http://localhost:9000"},
    ],
)
def test_it_listens_where_that_is_safe_or_was_meant(settings):
    assert site_of(ConsoleSettings(**settings))


def test_an_address_of_ipv6_is_written_in_brackets():
    assert site_of(ConsoleSettings(host="::1", port=8470)).url == "http://[::1]:8470"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("x", False)],
)
def test_loopback(host, loopback):
    assert is_loopback(host) is loopback
