import pytest

from stillwatch.console import build_app
from stillwatch.errors import SettingsError
from stillwatch.settings import ConsoleSettings


def test_it_is_not_built_where_passwords_would_be_read_on_the_way(desk):
    with pytest.raises(SettingsError):
        build_app(desk, ConsoleSettings(host="0.0.0.0"))


def test_it_has_a_provider_where_one_is_set(desk, settings):
    assert build_app(desk, settings).state.console.provider is None
    with_one = settings.model_copy(update={"oidc": settings.oidc.model_copy(update={"issuer": "https://idp.example"})})
    assert build_app(desk, with_one).state.console.provider.origin == "https://idp.example"


def test_passwords_take_what_the_settings_say(app):
    assert "$m=64,t=1," in app.state.console.login.passwords.hash("x")


def test_a_body_has_a_limit_whether_or_not_it_says_how_long_it_is(crowd):
    browser = crowd.signed_in("administrator")
    for content in (b"x" * 1_048_577, (b"x" * 65_536 for _ in range(17))):
        answer = browser.client.post(
            "/people.json", content=content, headers={"X-CSRF-Token": browser.csrf, "Content-Type": "application/json"}
        )
        assert answer.status_code == 413


def test_a_path_with_a_slash_too_many_leads_nowhere(crowd):
    browser = crowd.signed_in("administrator")
    assert [browser.get(path).status_code for path in ("/people/", "/people/x/", "/PEOPLE")] == [404] * 3
