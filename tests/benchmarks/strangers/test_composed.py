"""Worlds that are kept between runs, and worlds that are not."""

import pyarrow.parquet as pq
import pytest
from strangers import composed
from strangers.compose import Part
from strangers.composed import world_of
from strangers.contract import Crowd, Habits, Member, Task


@pytest.fixture
def parts():
    def members(rng, n):
        return [Member({}, iter([Task(f"a {rng.random()}")]), "kettle/1") for _ in range(n)]

    return [Part(Crowd("a", "x", "a crowd", False, True, "unknown", Habits(50, follow_up=0), members), 3)]


def test_without_a_folder_a_world_is_thrown_away(parts, monkeypatch):
    monkeypatch.delenv("STRANGERS_WORLDS", raising=False)
    with world_of("w", parts, seed=1, days=3) as (folder, n):
        assert pq.read_metadata(folder / "exchanges.parquet").num_rows == n == 3
    assert not folder.exists()


def test_a_kept_world_is_composed_once(parts, monkeypatch, tmp_path):
    monkeypatch.setenv("STRANGERS_WORLDS", str(tmp_path))
    with world_of("w", parts, seed=1, days=3) as (first, n):
        before = (first / "exchanges.parquet").read_bytes()
    monkeypatch.setattr(composed, "compose", lambda *_, **__: pytest.fail("composed again"))
    with world_of("w", parts, seed=1, days=3) as (second, again):
        assert (second, again) == (first, n)
        assert (second / "exchanges.parquet").read_bytes() == before
    assert [path.name for path in first.parent.iterdir()] == ["w"]
