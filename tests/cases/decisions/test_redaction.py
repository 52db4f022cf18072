import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillwatch.cases.decisions.redaction import masked, redacted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to jane.roe+x@mail.example.org now", "Write to [e-mail] now"),
        ("See https://user:pw@host.example/a?token=1 please", "See [address] please"),
        ("host 192.168.10.4 and 2001:db8:0:0:8a2e:370:7334", "host [address] and [address]"),
        ("call +49 30 1234 5678 or (212) 555-0100", "call [number] or ([number]"),
        ("card 4111 1111 1111 1111.", "card [number]."),
        ("sk-live_4eC39HqLyjWDarjtT1zdp7dc here", "[key] here"),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- end", "[key] end"),
        ("Sort 12 and 345 in 2026, section 3.14", "Sort 12 and 345 in 2026, section 3.14"),
        ("internationalization of characteristics", "internationalization of characteristics"),
    ],
)
def test_what_names_or_reaches_somebody_is_taken_out(text: str, expected: str) -> None:
    assert redacted(text) == expected


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)


def test_a_mask_shows_the_beginning_alone() -> None:
    assert masked("Explain step by step why the sky is blue") == "Explain step by step … 5 more words"
    assert masked("yes") == "yes"
    assert masked("") == ""
