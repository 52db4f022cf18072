import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from stillwatch import lab
from stillwatch.lab.crowds.campaign import harvest_families
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.random_draws import mix
from stillwatch.lab.texts.paraphrases import paraphrase, paraphrase_rows

_FUNCTION_WORDS = {"that", "this", "what", "with", "when", "which", "there", "your", "does"}


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.lower())) - _FUNCTION_WORDS


@pytest.mark.parametrize("family", ["fixed_frame", "rationales", "rubric_grading", "preference_pairs"])
def test_no_word_of_a_frame_stays_fixed(context: WorldContext, family: str) -> None:
    n = 300
    dealt = harvest_families()[family](context, lab.CampaignSpec(family=family), n)
    strings, texts = context.strings.array().to_pylist(), context.texts.render(dealt.text).to_pylist()
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for i, (head, text, tail) in enumerate(zip(dealt.head, texts, dealt.tail, strict=True)):
        before.update(_words(strings[head] + text + strings[tail]))
        after.update(_words(paraphrase(strings[head], text, strings[tail], int(mix(i, 5)))))
    fixed = {word for word, count in before.items() if count > 0.9 * n}
    assert fixed
    assert max(after.values()) < 0.75 * n
    assert sum(after[word] < 0.4 * n for word in fixed) == len(fixed)


def test_every_payload_is_changed() -> None:
    for text in ("ok", "Who was the first on the moon?", "Give three examples. Then explain.", "x = f(y);"):
        said = {paraphrase("", text, "", int(mix(i, 1))).strip().lower() for i in range(400)}
        assert text.lower() not in said
        assert len(said) > 30


def test_names_and_code_stay_unchanged() -> None:
    code = "def total(rows):\n    return sum(rows)"
    for i in range(40):
        said = paraphrase("Explain this.\n", f"Why does Maria's loop fail?\n{code}", "", int(mix(i, 2)))
        assert code in said
        assert "Maria's" in said


def test_a_frame_moves_behind_its_payload() -> None:
    places = {
        paraphrase("Judge the following.\nTEXT: ", "blue whales sing", "", int(mix(i, 3))).find("whales")
        for i in range(60)
    }
    assert min(places) < 12 < max(places)


def test_a_seed_gives_one_wording() -> None:
    seeds = np.asarray([5, 6, 5])
    rows = [pa.array([text] * 3) for text in ("Solve this problem: ", "two plus two", " Show every step.")]
    said = paraphrase_rows(*rows, seeds).to_pylist()
    assert said[0] == said[2] != said[1]
