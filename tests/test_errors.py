import pytest

from stillwatch import errors
from stillwatch.errors import EngineError, FormatError, InputError, StillwatchError

EXIT_CODES = {
    "SettingsError": 2,
    "InputError": 3,
    "FormatError": 3,
    "EngineError": 4,
    "PolicyError": 2,
    "ContractError": 4,
}


@pytest.mark.parametrize(("name", "code"), EXIT_CODES.items())
def test_exit_codes_are_those_the_tree_states(name: str, code: int) -> None:
    assert getattr(errors, name).exit_code == code
    line = next(line for line in (errors.__doc__ or "").splitlines() if f" {name} " in line)
    assert f"(exit {code})" in line


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (StillwatchError("it broke"), "it broke."),
        (StillwatchError("it broke", where="a.jsonl:3"), "a.jsonl:3: it broke."),
        (StillwatchError("it broke!", remedy="Mend it."), "it broke! Mend it."),
        (InputError("it broke", where="a.jsonl", remedy="Mend it."), "a.jsonl: it broke. Mend it."),
    ],
)
def test_a_sentence_says_what_where_and_what_to_do(error: StillwatchError, sentence: str) -> None:
    assert error.sentence() == str(error) == sentence


def test_families_are_caught_by_their_base() -> None:
    assert issubclass(FormatError, InputError)
    assert not issubclass(EngineError, InputError)
    with pytest.raises(InputError):
        raise FormatError("nothing fits")
