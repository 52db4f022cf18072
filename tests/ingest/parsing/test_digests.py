from decimal import Decimal

import pytest

from stillwatch.ingest.parsing.digests import digest


def test_order_of_keys_does_not_matter_and_content_does() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
    assert digest([1, 2]) != digest([2, 1])


def test_values_of_databases_have_a_digest() -> None:
    assert len(digest({"a": Decimal("1.5"), "b": b"\x00"})) == 32


def test_nesting_beyond_the_limit_is_a_type_error() -> None:
    deep: list[object] = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(TypeError):
        digest(deep)
