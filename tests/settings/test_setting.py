"""What a setting is, and the leaves of a nested mapping."""

import pytest
from pydantic import SecretStr, ValidationError

from stillwatch.settings.setting import LEAST_KEY, RoomSettings, leaves, require_length, setting


class Kettle(RoomSettings):
    """Settings of a room that there is not."""

    litres: float = setting(1.5, "How much it holds.", unit="litres", gt=0)


def test_a_setting_has_a_default_a_sentence_and_a_unit():
    field = Kettle.model_fields["litres"]
    assert Kettle().litres == 1.5
    assert field.description == "How much it holds."
    assert field.json_schema_extra == {"unit": "litres"}


@pytest.mark.parametrize("given", [{"litres": 0}, {"colour": "red"}])
def test_limits_hold_and_unknown_keys_fail(given):
    with pytest.raises(ValidationError):
        Kettle(**given)


def test_leaves_are_told_with_their_path():
    assert list(leaves({"a": {"b": 1, "c": {"d": 2}}, "e": 3})) == [(("a", "b"), 1), (("a", "c", "d"), 2), (("e",), 3)]


def test_a_key_is_empty_or_long_enough():
    for text in ("", "x" * LEAST_KEY):
        assert require_length(SecretStr(text)).get_secret_value() == text
    with pytest.raises(ValueError, match="at least 16 characters"):
        require_length(SecretStr("x" * (LEAST_KEY - 1)))
