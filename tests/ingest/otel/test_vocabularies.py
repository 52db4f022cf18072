from collections import Counter

import pytest

from stillwatch.ingest.otel.vocabularies import VOCABULARIES


def test_titles_are_apart() -> None:
    titles = [vocabulary.title for vocabulary in VOCABULARIES]
    assert len(titles) == len(set(titles))


def test_no_name_stands_twice_for_one_fact() -> None:
    shared = [v for v in VOCABULARIES if not v.alone]
    pairs = Counter((fact, name) for v in shared for fact, names in v.facts.items() for name in names)
    assert [pair for pair, count in pairs.items() if count > 1] == []


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda v: v.title)
def test_values_of_kinds_are_in_small_letters_and_apart(vocabulary: object) -> None:
    known = vocabulary.inferences | vocabulary.others  # type: ignore[attr-defined]
    assert all(value == value.lower() for value in known)
    assert not vocabulary.inferences & vocabulary.others  # type: ignore[attr-defined]
    assert set(vocabulary.needs) <= vocabulary.inferences  # type: ignore[attr-defined]
