import pytest

from stillwatch.cases import Actor, Permission, Role, Work
from stillwatch.cases.access import tokens, users
from stillwatch.cases.replay import replay


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE users SET role = 'lead' WHERE name = 'ann'", ("user ann", "role differs from the log")),
        ("UPDATE users SET disabled_at = NULL WHERE name = 'ben'", ("user ben", "disabling differs from the log")),
        (
            "UPDATE users SET disabled_at = created_at WHERE name = 'lea'",
            ("user lea", "disabling differs from the log"),
        ),
        ("UPDATE users SET name = 'eve' WHERE name = 'lea'", ("user eve", "no entry of the log made this user")),
        ("UPDATE users SET name = 'eve' WHERE name = 'lea'", ("user lea", "the user is missing")),
        ("UPDATE api_tokens SET revoked_at = NULL", ("token 2", "it works again after it was ended")),
        ("UPDATE api_tokens SET scopes = '[\"judge\"]' WHERE token_id = 1", ("token 1", "scopes differs from the log")),
        ("UPDATE api_tokens SET expires_at = '2099-01-01' WHERE token_id = 1", ("token 1", "end differs from the log")),
        ("UPDATE api_tokens SET user_id = 1 WHERE token_id = 1", ("token 1", "owner differs from the log")),
        ("UPDATE users SET password_hash = 'mine' WHERE name = 'ann'", ("user ann", "password differs from the log")),
        ("UPDATE users SET password_hash = 'mine' WHERE name = 'pia'", ("user pia", "password differs from the log")),
        (
            "UPDATE users SET issuer = 'https://evil', subject = 'eve' WHERE name = 'ann'",
            ("user ann", "identity at the provider differs from the log"),
        ),
        ("UPDATE users SET name_key = 'eve' WHERE name = 'lea'", ("user lea", "name to sign in differs from the log")),
        ("UPDATE api_tokens SET digest = 'mine' WHERE token_id = 1", ("token 1", "its secret differs from the log")),
        ("UPDATE api_tokens SET token_id = 9 WHERE token_id = 1", ("token 9", "no entry of the log made it")),
    ],
)
def test_a_user_or_token_that_was_changed_by_hand_is_found(lived_in, after, store, sql, expected):
    if "2099" in sql and store.is_sqlite:
        sql = sql.replace("2099-01-01", "2099-01-01 00:00:00.000000")
    assert expected in after(sql)


def test_entries_of_earlier_versions_have_no_digests_and_pass(desk, do, see, monkeypatch):
    record = Work.record

    def as_before(work, action, subject, **details):
        return record(work, action, subject, **{k: v for k, v in details.items() if not k.endswith("_sha256")})

    monkeypatch.setattr(Work, "record", as_before)
    do(users.HOUSE, users.create, "pia", display="Pia", role=Role.LEAD, password_hash="old")
    do(Actor("pia", Role.LEAD), tokens.make, name="a program", scopes=frozenset({Permission.VIEW}), days=30)
    monkeypatch.undo()
    assert see(replay) == []
    do(Actor("pia", Role.LEAD), users.set_password, "pia", "new")
    assert see(replay) == []
