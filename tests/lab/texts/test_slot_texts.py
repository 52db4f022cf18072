import numpy as np
import pytest

from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.slot_texts import (
    NUDGE,
    OBSERVATION,
    PERSONA,
    TASK,
    TERMINAL,
    recipe_codes,
    recipe_size,
    recipe_texts,
)
from stillwatch.lab.texts.text_source import EmbeddedTexts


@pytest.mark.parametrize("recipe", [PERSONA, TASK, NUDGE])
def test_two_numbers_are_two_texts(recipe: int) -> None:
    everything = recipe_texts(recipe, np.arange(recipe_size(recipe))).to_pylist()
    assert len(set(everything)) == len(everything) == recipe_size(recipe) > 4_000


@pytest.mark.parametrize("recipe", [TERMINAL, OBSERVATION])
def test_large_recipes_hardly_repeat(recipe: int) -> None:
    numbers = np.random.default_rng(1).integers(0, recipe_size(recipe), 3_000)
    assert len(set(recipe_texts(recipe, numbers).to_pylist())) > 2_900


def test_codes_render_in_order() -> None:
    mixed = np.concatenate([recipe_codes(TASK, np.arange(3)), recipe_codes(PERSONA, np.arange(2)), [0]])
    assert (text_codes.space_of(mixed)[:5] == text_codes.RECIPE).all()
    texts = EmbeddedTexts().render(mixed[::-1].copy()).to_pylist()
    assert texts[0] == ""
    assert texts[1:3] == recipe_texts(PERSONA, np.arange(2)).to_pylist()[::-1]
    assert texts[3:] == recipe_texts(TASK, np.arange(3)).to_pylist()[::-1]
    assert np.array_equal(recipe_codes(TASK, np.asarray([recipe_size(TASK) + 1])), recipe_codes(TASK, np.asarray([1])))
