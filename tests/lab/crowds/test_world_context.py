from pathlib import Path

from stillwatch import lab
from stillwatch.lab.crowds.world_context import Scene, scene
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.lab.long_texts.wide_made_texts import VariedTexts
from stillwatch.lab.long_texts.wide_real_texts import VariedRealTexts
from stillwatch.lab.real_parts import read_parts
from stillwatch.lab.texts.real_texts import RealTexts
from stillwatch.lab.texts.text_source import EmbeddedTexts


def test_the_calendar_follows_the_specification(around: Scene) -> None:
    assert around.end_us - around.start_us == 7 * DAY_US
    assert around.start_us < around.release_us < around.end_us


def test_a_name_fixes_the_random_numbers(around: Scene) -> None:
    assert around.named("a").rng.random() == around.named("a").rng.random()
    assert around.named("a").rng.random() != around.named("b").rng.random()


def test_variety_decides_where_texts_come_from(parts: Path) -> None:
    real = read_parts(parts)
    usual, wide = (lab.WorldSpec(days=2, accounts=0, variety=variety) for variety in ("usual", "wide"))
    assert type(scene(usual, 1).texts) is EmbeddedTexts
    assert type(scene(wide, 1).texts) is VariedTexts
    assert type(scene(usual, 1, real).texts) is RealTexts
    assert type(scene(wide, 1, real).texts) is VariedRealTexts
