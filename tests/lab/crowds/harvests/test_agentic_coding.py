import numpy as np

from stillwatch import lab
from stillwatch.lab.crowds.campaign import build_campaign
from stillwatch.lab.crowds.harvests.agentic_coding import HARVEST
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.slot_texts import NUDGE, TERMINAL
from stillwatch.lab.texts.text_source import EmbeddedTexts


def test_sessions_open_with_a_coding_task_and_continue_with_output(context: WorldContext) -> None:
    dealt = HARVEST(context, lab.CampaignSpec(family="agentic_coding"), 1_500)
    opened = dealt.turn == 0
    software = set(EmbeddedTexts().topics("coder")[0])
    assert set(text_codes.topic_of(dealt.text[opened])) <= software
    later = text_codes.topic_of(dealt.text[~opened])
    assert set(later) == {TERMINAL, NUDGE}
    assert 0.2 < np.mean(later == NUDGE) < 0.4
    assert 1_500 / opened.sum() > 6
    assert dealt.turn.max() == 13
    assert HARVEST(context, lab.CampaignSpec(family="agentic_coding", knobs={"longest": 5}), 900).turn.max() == 4


def test_turns_follow_within_minutes_on_one_account(context: WorldContext) -> None:
    rows = build_campaign(context, lab.CampaignSpec(family="agentic_coding", accounts=20)).rows
    spoken = np.flatnonzero(rows.conversation >= 0)
    spoken = spoken[np.lexsort((rows.turn[spoken], rows.conversation[spoken]))]
    same = np.diff(rows.conversation[spoken]) == 0
    assert (np.diff(rows.account[spoken])[same] == 0).all()
    gaps = np.diff(rows.at[spoken])[same] / 1e6
    assert (gaps >= 0).all()
    assert np.median(gaps) < 120
    assert np.quantile(gaps, 0.99) < 1_800
    assert same.mean() > 0.8
