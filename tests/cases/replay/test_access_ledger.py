"""A session or link that nobody was given, or that was brought back, is found."""

from datetime import timedelta

import pytest

from stillwatch.cases import Actor, Permission, Role, Work
from stillwatch.cases.access import login, one_time_links, users
from stillwatch.cases.access.passwords import Passwords
from stillwatch.cases.access.sessions import Hours
from stillwatch.cases.replay import replay

HOUR = timedelta(hours=1)
ROOT = Actor("root", Role.ADMINISTRATOR)


@pytest.fixture
def signed_in(desk, do):
    """Let two users sign in by their links, and make a third link that nobody has used."""
    passwords = Passwords(memory_kib=8, passes=1)
    door = login.Login(desk, passwords, Hours(absolute=8 * HOUR, idle=HOUR))
    do(users.HOUSE, users.create, "root", display="Root", role=Role.ADMINISTRATOR, needs=Permission.ADMINISTER)
    for name in ("pia", "quin", "rae"):
        do(ROOT, users.create, name, display=name, role=Role.LEAD)
        link = do(ROOT, one_time_links.invite, name, HOUR)
        if name != "rae":
            door.by_link(link, "a sentence of many words", login.Browser("192.0.2.1"))
    return door


def test_what_was_given_replays(signed_in, see):
    assert see(replay) == []


def test_sessions_of_earlier_versions_pass(signed_in, see, monkeypatch):
    record = Work.record

    def as_before(work, action, subject, **details):
        new = ("session_sha256", "verifier_sha256", "expires_at")
        return record(work, action, subject, **{k: v for k, v in details.items() if k not in new})

    monkeypatch.setattr(Work, "record", as_before)
    signed_in.by_password("pia", "a sentence of many words", login.Browser("192.0.2.1"))
    assert see(replay) == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "UPDATE sessions SET digest = 'mine' WHERE user_id = 2",
            ("a session of user pia", "no entry of the log started it"),
        ),
        (
            "UPDATE sessions SET user_id = 1 WHERE user_id = 2",
            ("a session of user root", "no entry of the log started it"),
        ),
        (
            "UPDATE sessions SET expires_at = '2099-01-01 00:00:00.000000' WHERE user_id = 2",
            ("a session of user pia", "end differs from the log"),
        ),
        (
            "UPDATE one_time_links SET digest = 'mine' WHERE user_id = 4",
            ("a one-time link of user rae", "no entry of the log made it"),
        ),
        (
            "UPDATE one_time_links SET user_id = 1 WHERE user_id = 4",
            ("a one-time link of user root", "no entry of the log made it"),
        ),
        (
            "UPDATE one_time_links SET user_id = NULL, purpose = 'first administrator' WHERE user_id = 4",
            ("a one-time link of administrators", "no entry of the log made it"),
        ),
        (
            "UPDATE one_time_links SET used_at = NULL WHERE user_id = 2",
            ("a one-time link of user pia", "it works again after it was ended"),
        ),
        (
            "UPDATE one_time_links SET expires_at = '2099-01-01 00:00:00.000000' WHERE user_id = 4",
            ("a one-time link of user rae", "end differs from the log"),
        ),
    ],
)
def test_access_that_nobody_was_given_is_found(signed_in, after, sql, expected):
    assert expected in after(sql)
