"""The key of the publisher is hexadecimal, or it is refused before a gateway starts with it."""

import pytest

from stillwatch.errors import SettingsError
from stillwatch.settings import load


@pytest.mark.parametrize("key", ["x", "0" * 63, "F" * 64])
def test_what_is_no_public_key_is_refused(key):
    with pytest.raises(SettingsError, match="public_key"):
        load(environment={}, gateway__public_key=key)
    assert load(environment={}, gateway__public_key="f" * 64).gateway.public_key == "f" * 64
