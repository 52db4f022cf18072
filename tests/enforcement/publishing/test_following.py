"""Publishing goes on through faults, and says each once."""

import pytest

from stillwatch.enforcement.publishing.following import follow
from stillwatch.errors import EngineError


class _EndedError(Exception):
    pass


def test_a_problem_is_said_once_and_so_is_its_end(snapshot):
    steps = iter([snapshot(number=1), EngineError("gone"), EngineError("gone"), None, snapshot(number=2), None])

    class Publisher:
        def step(self):
            found = next(steps, _EndedError())
            if isinstance(found, Exception):
                raise found
            return found

    said, pauses = [], []
    with pytest.raises(_EndedError):
        follow(Publisher(), said.append, pause=pauses.append)
    assert said == ["gone.", "Snapshots are published again: 2."]
    assert pauses == [0.5] * 6
