import numpy as np
import pytest

from stillwatch import lab
from stillwatch.errors import InputError
from stillwatch.lab.crowds.worklist_dealing import deal, distinct, draw_tool_sets, framed, payloads, sessions, unframed
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.texts import text_codes


def test_no_payload_repeats_within_a_pass() -> None:
    pool = np.arange(100)
    dealt = deal(np.random.default_rng(1), pool, 250)
    assert sorted(dealt[:100]) == sorted(dealt[100:200]) == pool.tolist()
    assert len(np.unique(dealt[200:])) == 50
    assert not np.array_equal(dealt[:100], dealt[100:200])


def test_an_empty_pool_is_an_error() -> None:
    with pytest.raises(InputError):
        deal(np.random.default_rng(1), np.zeros(0, dtype=np.int64), 5)
    assert len(deal(np.random.default_rng(1), np.arange(3), 0)) == 0
    assert len(deal(np.random.default_rng(1), np.zeros(0, dtype=np.int64), 0)) == 0


def test_frames_are_put_around_texts(context: WorldContext) -> None:
    dealt = framed(context, np.arange(400), [("<", ">"), ("[", "]")])
    strings = context.strings.array().to_pylist()
    pairs = {(strings[h], strings[t]) for h, t in zip(dealt.head, dealt.tail, strict=True)}
    assert pairs == {("<", ">"), ("[", "]")}
    assert not unframed(np.arange(3)).head.any()


@pytest.mark.parametrize(("total", "n"), [(10, 10), (10, 3), (10, 40), (10_000_000, 5_000), (0, 0), (7, 0)])
def test_distinct_numbers_are_distinct_and_below_the_total(total: int, n: int) -> None:
    drawn = distinct(np.random.default_rng(1), total, n)
    assert len(drawn) == len(np.unique(drawn)) == min(n, total)
    assert ((drawn >= 0) & (drawn < total)).all()


def test_sessions_have_their_lengths() -> None:
    turn = sessions(np.random.default_rng(1), 5_000, 3, 6)
    assert len(turn) == 5_000
    lengths = np.diff(np.flatnonzero(turn == 0))
    assert set(lengths) == {3, 4, 5, 6}
    assert np.array_equal(np.diff(turn)[turn[1:] > 0], np.ones((turn[1:] > 0).sum()))
    assert len(sessions(np.random.default_rng(1), 0, 3, 6)) == 0


def test_tool_sets_carry_their_number_of_tools(context: WorldContext) -> None:
    found = draw_tool_sets(context, 30, 2, 9)
    assert len(np.unique(found // 256)) == 30
    assert set(found % 256) <= set(range(2, 10))
    assert all(len(context.strings.array()[k].as_py()) == 16 for k in (found // 256).tolist())


def test_payloads_follow_the_capability_and_fill_up(context: WorldContext) -> None:
    def domains(spec: lab.CampaignSpec, *usual: str) -> set[int]:
        return set(text_codes.topic_of(payloads(context, spec, 600, *usual)))

    tools = domains(lab.CampaignSpec(), "tool-use", "tools")
    assert tools == domains(lab.CampaignSpec(capability="tools"), "coding", "software")
    assert not tools & domains(lab.CampaignSpec(), "coding", "software")
    assert len(payloads(context, lab.CampaignSpec(worklist=50), 600, "tools")) == 50
    assert len(domains(lab.CampaignSpec())) > 80
