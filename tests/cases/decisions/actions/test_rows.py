import pytest

from stillwatch.cases.decisions import actions
from stillwatch.errors import InputError


def test_an_action_that_is_not_there(desk, ann, do):
    with pytest.raises(InputError, match="no such action"):
        do(ann, actions.cancel, 7, "why")
