import pytest

from stillwatch.cases.store.text_limits import account_facts, batches, said
from stillwatch.errors import InputError


def test_a_text_comes_without_blanks_around_it() -> None:
    assert said("  because of\nthis ", "reason") == "because of\nthis"


@pytest.mark.parametrize("text", ["", " \n", "x" * 4_001, "a\0b", "a\x1b[31mb", "\ud800"])
def test_what_is_no_text_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(InputError) as error:
        said(text, "reason")
    assert error.value.where == "reason"
    assert not text.strip() or text not in str(error.value)


def test_few_accounts_are_named_and_many_are_told_by_their_digest() -> None:
    few, many = account_facts(["b", "a"]), account_facts([f"a{n}" for n in range(51)])
    assert few["accounts"] == ["a", "b"]
    assert few["accounts_sha256"] == account_facts({"a", "b"})["accounts_sha256"] != many["accounts_sha256"]
    assert (many["n_accounts"], "accounts" in many) == (51, False)


def test_every_value_comes_in_some_batch() -> None:
    values = {f"{n:05d}" for n in range(12_345)}
    found = list(batches(values))
    assert [v for some in found for v in some] == sorted(values)
    assert max(map(len, found)) <= 5_000
    assert list(batches(())) == []
