from pathlib import Path

from stillwatch import lab
from stillwatch.lab.crowds.world_context import WorldContext, build_context
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.lab.long_texts.wide_made_texts import WideMadeTexts
from stillwatch.lab.long_texts.wide_real_texts import WideRealTexts
from stillwatch.lab.real_parts import read_parts
from stillwatch.lab.texts.real_texts import RealTexts
from stillwatch.lab.texts.text_source import EmbeddedTexts


def test_the_calendar_follows_the_specification(context: WorldContext) -> None:
    assert context.end_us - context.start_us == 7 * DAY_US
    assert context.start_us < context.release_us < context.end_us


def test_a_name_fixes_the_random_generator(context: WorldContext) -> None:
    assert context.named("a").rng.random() == context.named("a").rng.random()
    assert context.named("a").rng.random() != context.named("b").rng.random()


def test_variety_selects_the_text_source(parts: Path) -> None:
    real = read_parts(parts)
    usual, wide = (lab.WorldSpec(days=2, accounts=0, variety=variety) for variety in ("usual", "wide"))
    assert type(build_context(usual, 1).texts) is EmbeddedTexts
    assert type(build_context(wide, 1).texts) is WideMadeTexts
    assert type(build_context(usual, 1, real).texts) is RealTexts
    assert type(build_context(wide, 1, real).texts) is WideRealTexts
