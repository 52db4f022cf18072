import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from stillwatch.cases.access.passwords import Passwords, acceptable
from stillwatch.errors import InputError

CHEAP = {"memory_kib": 64, "passes": 1}


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(**CHEAP)


def test_a_password_fits_its_own_hash_alone(passwords):
    kept = passwords.hash("correct horse battery")
    assert passwords.fits(kept, "correct horse battery")
    assert not passwords.fits(kept, "correct horse batterz")
    assert passwords.hash("correct horse battery") != kept


def test_it_is_argon2id_with_the_parameters_given(passwords):
    found = extract_parameters(passwords.hash("correct horse battery"))
    assert (found.type, found.memory_cost, found.time_cost) == (Type.ID, 64, 1)


def test_nobody_costs_as_much_as_somebody_and_fits_nothing(passwords, monkeypatch):
    worked = []
    real = passwords._hasher.verify
    hasher = type("Watched", (), {"verify": lambda _, kept, text: worked.append(kept) or real(kept, text)})()
    monkeypatch.setattr(passwords, "_hasher", hasher)
    kept = passwords._unknown
    assert not passwords.fits(None, "anything at all")
    assert not passwords.fits(kept, "anything at all")
    assert worked == [kept, kept]


def test_a_hash_of_other_parameters_is_outdated_and_still_fits(passwords):
    old = Passwords(memory_kib=32, passes=1).hash("correct horse battery")
    assert passwords.is_outdated(old)
    assert passwords.fits(old, "correct horse battery")
    assert not passwords.is_outdated(passwords.hash("x"))


def test_what_is_no_hash_fits_nothing(passwords):
    assert not passwords.fits("not a hash", "not a hash")
    assert not passwords.fits("", "")


def test_two_spellings_of_one_character_are_one(passwords):
    assert passwords.fits(passwords.hash("Schl\u00fcssel im Schloss"), "Schlu\u0308ssel im Schloss")


@pytest.mark.parametrize(
    ("password", "name"),
    [("short", "anna"), ("x" * 257, "anna"), ("aaaaaaaaaaaaaaaa", "anna"), ("annaanna1234", "AnnaAnna")],
)
def test_what_is_easily_guessed_is_refused_without_quoting_it(password, name):
    with pytest.raises(InputError) as refused:
        acceptable(password, name=name)
    assert password not in refused.value.sentence()


def test_a_sentence_is_taken():
    assert acceptable("a sentence does well", name="anna") == "a sentence does well"
