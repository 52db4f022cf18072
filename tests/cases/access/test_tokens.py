from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.access import tokens, users
from stillwatch.cases.store import audit
from stillwatch.cases.store.access_schema import ApiToken
from stillwatch.errors import InputError, MissingError, PolicyError

VIEW, JUDGE, APPROVE = Permission.VIEW, Permission.JUDGE, Permission.APPROVE


@pytest.fixture(autouse=True)
def people(desk):
    with desk.work(users.HOUSE, Permission.ADMINISTER) as work:
        for name, role in (("root", Role.ADMINISTRATOR), ("zoe", Role.ADMINISTRATOR), ("anna", Role.LEAD)):
            users.create(work, name, display=name, role=role)


ANNA = Actor("anna", Role.LEAD)
ROOT = Actor("root", Role.ADMINISTRATOR)


def _make(desk, actor=ANNA, *, scopes=(VIEW, JUDGE), days=30, name="ci"):
    with desk.work(actor, VIEW) as work:
        return tokens.make(work, name=name, scopes=frozenset(scopes), days=days)


def _act(desk, actor, what, *args):
    with desk.work(actor, VIEW) as work:
        return what(work, *args)


def test_a_token_acts_as_its_user_within_its_scopes(desk):
    text, _ = _make(desk)
    person, actor = tokens.bearer_of(desk, text)
    assert (person.name, actor.name, actor.role) == ("anna", "anna", Role.LEAD)
    assert {permission for permission in Permission if actor.may(permission)} == {VIEW, JUDGE}
    with pytest.raises(PolicyError, match="token may not approve"):
        actor.require(APPROVE)
    with pytest.raises(PolicyError, match="role lead may not administer"):
        actor.require(Permission.ADMINISTER)


def test_a_role_taken_away_takes_it_from_tokens_at_once(desk):
    text, _ = _make(desk, scopes=[VIEW, JUDGE, APPROVE])
    _act(desk, ROOT, users.change_role, "anna", Role.VIEWER)
    _, actor = tokens.bearer_of(desk, text)
    assert {permission for permission in Permission if actor.may(permission)} == {VIEW}


def test_no_more_than_who_made_it(desk):
    with pytest.raises(PolicyError, match="cannot have more permissions than its owner"):
        _make(desk, scopes=[VIEW, Permission.ADMINISTER])
    with pytest.raises(PolicyError, match="cannot have more permissions than its owner"):
        _make(desk, Actor("anna", Role.LEAD, frozenset({VIEW, JUDGE})), scopes=[VIEW])


def test_expired_revoked_forged_and_shut_out_let_nobody_in(desk, clock):
    text, token = _make(desk)
    forged = [text[:-1], text + "x", text.removeprefix(tokens.PREFIX), tokens.PREFIX, "", token.name, text.upper()]
    assert [tokens.bearer_of(desk, one) for one in forged] == [None] * len(forged)
    _act(desk, ROOT, users.disable, "anna")
    assert tokens.bearer_of(desk, text) is None
    _act(desk, ROOT, users.enable, "anna")
    assert tokens.bearer_of(desk, text) is None, "what was ended stays ended"
    text, token = _make(desk)
    clock.now += timedelta(days=30) - timedelta(seconds=1)
    assert tokens.bearer_of(desk, text) is not None
    clock.now += timedelta(seconds=1)
    assert tokens.bearer_of(desk, text) is None
    text, token = _make(desk)
    _act(desk, ANNA, tokens.revoke, token.token_id)
    assert tokens.bearer_of(desk, text) is None


def test_only_its_owner_or_an_administrator_revokes_one(desk):
    _, token = _make(desk)
    for number in (token.token_id, 999):
        with pytest.raises(MissingError, match="no such token"):
            _act(desk, Actor("eve", Role.LEAD), tokens.revoke, number)
    revoked = _act(desk, ROOT, tokens.revoke, token.token_id)
    assert revoked.revoked_at is not None
    with desk.look() as look:
        assert tokens.listed(look, users.find(look, "anna").user_id) == [revoked]


def test_neither_database_nor_log_holds_its_text(desk):
    text, _ = _make(desk)
    with desk.look() as look:
        assert text not in " ".join(map(str, look.session.execute(sa.select(ApiToken.__table__)).one()))
    with desk.database.reading() as link:
        entry = list(audit.entries(link))[-1]
    assert (entry.actor, entry.action, entry.subject) == ("anna", "token made", "token 1")
    assert text not in str(entry)


def test_use_is_noted_once_a_minute(desk, clock):
    text, token = _make(desk)
    first = clock.now
    for _ in range(3):
        tokens.bearer_of(desk, text)
        clock.now += timedelta(seconds=29)
    with desk.look() as look:
        assert look.session.get(ApiToken, token.token_id).last_used_at == first


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"days": 367}, {"scopes": ()}, {"name": " "}, {"name": "a\nb"}, {"name": "x" * 101}]
)
def test_a_token_that_makes_no_sense_is_not_made(desk, wrong):
    with pytest.raises(InputError):
        _make(desk, **wrong)
