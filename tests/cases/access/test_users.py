from datetime import timedelta

import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.access import one_time_links, sessions, tokens, users
from stillwatch.cases.access.sessions import Hours
from stillwatch.cases.store import audit
from stillwatch.cases.store.access_schema import ApiToken
from stillwatch.errors import InputError, MissingError, PolicyError

HOURS = Hours(timedelta(hours=12), timedelta(hours=2))
HOUSE = users.HOUSE


def _add(desk, name, role=Role.ANALYST, **other):
    with desk.work(HOUSE, Permission.ADMINISTER) as work:
        return users.create(work, name, display=other.pop("display", name), role=role, **other)


def _as_root(desk, what, *args, **more):
    with desk.work(Actor("root", Role.ADMINISTRATOR), Permission.ADMINISTER) as work:
        return what(work, *args, **more)


def _sign_in(desk, person):
    with desk.bookkeeping() as look:
        return sessions.start(look, person.user_id, HOURS).token


def _log(desk):
    with desk.database.reading() as link:
        return [(entry.actor, entry.action, entry.subject) for entry in audit.entries(link)]


@pytest.fixture
def root(desk):
    return _add(desk, "root", Role.ADMINISTRATOR)


def test_somebody_added_is_found_in_any_case_and_recorded(desk):
    _add(desk, "Anna", display="Anna A.")
    with desk.look() as look:
        found = users.find(look, "aNNa")
        assert (found.name, found.display, found.role, found.has_password) == ("Anna", "Anna A.", Role.ANALYST, False)
        assert users.listed(look) == [found]
    assert _log(desk) == [("(console)", "user created", "user Anna")]


def test_a_name_is_taken_in_any_case_and_width(desk):
    _add(desk, "anna")
    for name in ("ANNA", "ａｎｎａ"):
        with pytest.raises(InputError, match="taken"):
            _add(desk, name)


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", "-x", "a/b", "a b", "<b>", "a" * 65, "(console)", "a\nb", "x.json", "a%2f", "a?b", "a#b"],
)
def test_a_name_that_could_be_taken_for_something_else_is_refused(desk, name):
    with pytest.raises(InputError, match="name to sign in"):
        _add(desk, name)


@pytest.mark.parametrize("display", ["", "two\nlines", "x" * 101, "turned \u202e around"])
def test_a_shown_name_is_one_line(desk, display):
    with pytest.raises(InputError, match="not a display name"):
        _add(desk, "anna", display=display)


def test_html_in_a_shown_name_is_kept_as_it_is(desk):
    assert _add(desk, "anna", display="<b>Anna</b>").display == "<b>Anna</b>"


def test_another_role_ends_sessions_and_is_recorded(desk, root):
    token = _sign_in(desk, _add(desk, "anna"))
    assert sessions.visit(desk, token, HOURS).person.role == Role.ANALYST
    assert _as_root(desk, users.change_role, "anna", Role.LEAD).role == Role.LEAD
    assert sessions.visit(desk, token, HOURS) is None
    assert _log(desk)[-1] == ("root", "role given", "user anna")


def test_the_same_role_again_ends_nothing(desk, root):
    token = _sign_in(desk, _add(desk, "anna"))
    _as_root(desk, users.change_role, "anna", Role.ANALYST)
    assert sessions.visit(desk, token, HOURS) is not None


def test_who_is_shut_out_loses_sessions_and_comes_in_again_when_enabled(desk, root):
    person = _add(desk, "anna")
    token = _sign_in(desk, person)
    assert _as_root(desk, users.disable, "anna").disabled_at is not None
    assert sessions.visit(desk, token, HOURS) is None
    # A session that was made all the same lets nobody in who is shut out.
    token = _sign_in(desk, person)
    assert sessions.visit(desk, token, HOURS) is None
    assert _as_root(desk, users.enable, "anna").disabled_at is None
    assert sessions.visit(desk, token, HOURS) is None
    assert sessions.visit(desk, _sign_in(desk, person), HOURS) is not None


def test_tokens_and_links_of_who_is_shut_out_stay_ended(desk, root):
    person = _add(desk, "anna")
    with desk.work(person.actor(), Permission.VIEW) as work:
        text, _ = tokens.make(work, name="a program", scopes=frozenset({Permission.VIEW}), days=30)
    link = _as_root(desk, one_time_links.invite, "anna", timedelta(hours=1))
    assert tokens.bearer_of(desk, text) is not None
    _as_root(desk, users.disable, "anna")
    _as_root(desk, users.enable, "anna")
    assert tokens.bearer_of(desk, text) is None
    with desk.look() as look:
        assert one_time_links.look_up(look, link) is None


def test_a_token_that_an_earlier_version_left_does_not_come_back(desk, root):
    person = _add(desk, "anna")
    with desk.work(person.actor(), Permission.VIEW) as work:
        text, made = tokens.make(work, name="a program", scopes=frozenset({Permission.VIEW}), days=30)
    _as_root(desk, users.disable, "anna")
    with desk.bookkeeping() as look:
        look.session.get_one(ApiToken, made.token_id).revoked_at = None
    _as_root(desk, users.enable, "anna")
    assert tokens.bearer_of(desk, text) is None


def test_who_has_no_role_at_the_provider_any_more_is_shut_out(desk):
    with desk.work(HOUSE, Permission.ADMINISTER) as work:
        person = users.from_provider(work, "https://idp", "77", name="oda", display="O", role=Role.LEAD)
    session = _sign_in(desk, person)
    with desk.work(person.actor(), Permission.VIEW) as work:
        text, _ = tokens.make(work, name="a program", scopes=frozenset({Permission.VIEW}), days=30)
    with desk.look() as look:
        assert users.vouched_before(look, "https://idp", "78") is None
        assert users.vouched_before(look, "https://idp", "77") == "oda"
    with desk.work(HOUSE, Permission.ADMINISTER) as work:
        users.shut_out(work, "oda")
    assert sessions.visit(desk, session, HOURS) is None
    assert tokens.bearer_of(desk, text) is None
    assert _log(desk)[-1] == ("(console)", "user shut out", "user oda")


def test_one_administrator_is_left(desk, root):
    _add(desk, "zoe", Role.ADMINISTRATOR)
    _as_root(desk, users.disable, "zoe")
    with desk.look() as look:
        assert users.administrators(look) == 1
    zoe = Actor("zoe", Role.ADMINISTRATOR)
    for what, more in ((users.disable, ()), (users.change_role, (Role.VIEWER,))):
        with pytest.raises(PolicyError, match="last administrator"), desk.work(zoe, Permission.ADMINISTER) as work:
            what(work, "root", *more)
    with desk.look() as look:
        assert users.find(look, "root").disabled_at is None


def test_nobody_changes_their_own_access(desk, root):
    _add(desk, "zoe", Role.ADMINISTRATOR)
    for what, more in ((users.disable, ()), (users.enable, ()), (users.change_role, (Role.LEAD,))):
        with pytest.raises(PolicyError, match="own access"):
            _as_root(desk, what, "root", *more)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_administer(desk, role):
    _add(desk, "anna")
    with desk.work(Actor("eve", role), Permission.VIEW) as work:
        for what in (users.disable, users.enable):
            with pytest.raises(PolicyError):
                what(work, "anna")
        with pytest.raises(PolicyError):
            users.change_role(work, "anna", Role.ADMINISTRATOR)
        with pytest.raises(PolicyError):
            users.create(work, "more", display="m", role=Role.ADMINISTRATOR)
        work.record("nothing", "nothing")


def test_a_password_is_its_owners_and_ends_their_sessions(desk, root):
    person = _add(desk, "anna")
    token = _sign_in(desk, person)
    with pytest.raises(PolicyError, match="owner"):
        _as_root(desk, users.set_password, "anna", "hash-of-it")
    with desk.work(person.actor(), Permission.VIEW) as work:
        assert users.set_password(work, "anna", "hash-of-it").has_password
    assert sessions.visit(desk, token, HOURS) is None
    with desk.database.reading() as link:
        assert "hash-of-it" not in "".join(entry.details for entry in audit.entries(link))


def test_a_provider_vouches_by_subject_and_never_by_name(desk):
    _add(desk, "anna")
    vouch = {"name": "anna", "display": "Other Anna", "role": Role.LEAD}
    with (
        pytest.raises(InputError, match="taken"),
        desk.work(HOUSE, Permission.ADMINISTER) as work,
    ):
        users.from_provider(work, "https://idp", "77", **vouch)
    with desk.work(HOUSE, Permission.ADMINISTER) as work:
        first = users.from_provider(work, "https://idp", "77", **(vouch | {"name": "anna2"}))
    token = _sign_in(desk, first)
    # Whatever it calls them later, the subject is who they are; a role taken away takes effect at once.
    with desk.work(HOUSE, Permission.ADMINISTER) as work:
        later = users.from_provider(work, "https://idp", "77", name="anna", display="A", role=Role.VIEWER)
    assert (later.user_id, later.name, later.role, later.display) == (first.user_id, "anna2", Role.VIEWER, "A")
    assert sessions.visit(desk, token, HOURS) is None


def test_who_is_shut_out_here_is_not_let_in_by_a_provider(desk, root):
    with desk.work(HOUSE, Permission.ADMINISTER) as work:
        users.from_provider(work, "https://idp", "77", name="oda", display="O", role=Role.LEAD)
    with pytest.raises(PolicyError, match="provider"):
        _as_root(desk, users.change_role, "oda", Role.VIEWER)
    _as_root(desk, users.disable, "oda")
    with pytest.raises(PolicyError, match="this user is disabled"), desk.work(HOUSE, Permission.ADMINISTER) as work:
        users.from_provider(work, "https://idp", "77", name="oda", display="O", role=Role.LEAD)


@pytest.mark.parametrize("name", ["nobody", "", "ro\x00ot", "\ud800", "root\n"])
def test_who_is_not_here_is_missing(desk, root, name):
    with desk.look() as look, pytest.raises(MissingError):
        users.find(look, name)
