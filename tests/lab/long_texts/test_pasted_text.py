import re

from stillwatch.lab.long_texts.lexicon import words
from stillwatch.lab.long_texts.pasted_text import BODIES, GENRES_OF, MORE_ASKS, MORE_FOLLOWS, MORE_QUERIES
from stillwatch.lab.texts.grammar import DOMAINS


def test_every_domain_has_eight_genres_that_exist() -> None:
    assert set(GENRES_OF) == set(DOMAINS)
    for genres in GENRES_OF.values():
        assert len(genres) == 8
        assert set(genres) <= set(BODIES)


def test_slots_are_known_and_patterns_begin_with_a_separator() -> None:
    known = set(words()) | set("abcksxpn")
    bodies = [pattern for patterns in BODIES.values() for pattern in patterns]
    for pattern in (*bodies, *MORE_ASKS, *MORE_FOLLOWS, *MORE_QUERIES):
        assert set(re.findall(r"\{([A-Za-z])\}", pattern)) <= known, pattern
    assert all(pattern[0] in " \n" and len(pattern) > 2 for pattern in bodies)
    assert all("\\" not in pattern for pattern in bodies)
