from fastapi import Request

from stillwatch.console.web.request_context import browser_of, console_of, session_token


def _request(app, cookies="", client=("192.0.2.1", 5)):
    scope = {"type": "http", "app": app, "headers": [(b"cookie", cookies.encode())], "client": client, "path": "/"}
    return Request(scope)


def test_a_request_knows_its_console(app):
    assert console_of(_request(app)) is app.state.console
    assert console_of(_request(app)).now() == app.state.console.desk._clock()


def test_cookies_of_other_names_are_not_ours(app):
    assert session_token(_request(app, "stillwatch-session=x; session=y")) is None
    assert session_token(_request(app, "__Host-stillwatch-session=x")) == "x"


def test_a_browser_is_its_address_and_what_it_brings(app):
    found = browser_of(_request(app, "__Host-stillwatch-device=d; __Host-stillwatch-session=s"))
    assert (found.address, found.device, found.session) == ("192.0.2.1", "d", "s")
    assert browser_of(_request(app, client=None)).address == ""
