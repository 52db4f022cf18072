"""The capability benchmark: rows weigh evenly, cues are phrases of the request, and the matrix adds up."""

import capabilities
import numpy as np
import pytest
from capability_labels import Labelled


def _row(label: str, text: str, *, source: str = "s", group: str = "g", template: str = "") -> Labelled:
    return Labelled(label, source, group, template, "train", text)


def test_every_class_source_and_group_weighs_the_same() -> None:
    rows = [_row("chat", f"a{i}") for i in range(3)] + [_row("chat", "b", source="t")]
    rows += [_row("search", "c", group="x"), _row("search", "d", group="y"), _row("search", "e", group="y")]
    weights = capabilities._row_weights(rows)
    assert weights[:4].sum() == weights[4:].sum() == pytest.approx(1)
    assert weights[:3].sum() == pytest.approx(weights[3])
    assert weights[4] == pytest.approx(weights[5:].sum())


def test_what_varies_in_a_template_is_no_cue() -> None:
    rows = [_row("chat", f"sum up {word}", template="t") for word in ("whales", "trains", "ships")]
    fixed = capabilities._fixed_parts(rows, [{"sum up", row.text.split()[-1]} for row in rows])
    assert fixed == [{"sum up"}] * 3
    assert capabilities._fixed_parts([_row("chat", "x")], [{"whales"}]) == [{"whales"}]


def test_names_digits_and_stop_words_are_no_cues() -> None:
    assert capabilities._proper_nouns(["we met Maria today", "with Maria and the cat"]) == {"maria"}
    assert capabilities._admissible("write a function", set())
    for phrase in ("maria", "the", "wikipedia", "page 7"):
        assert not capabilities._admissible(phrase, {"maria"})


def test_the_matrix_has_precision_and_recall() -> None:
    rows = [_row("chat", "x")] * 3 + [_row("search", "y")] * 2
    chat, search = capabilities.NAMES.index("chat"), capabilities.NAMES.index("search")
    text = capabilities._matrix(rows, np.array([chat, chat, search, search, search]))
    lines = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| ")}
    assert lines["chat"].endswith("| 1.00 | 0.67 | 0.80 |")
    assert lines["search"].endswith("| 0.67 | 1.00 | 0.80 |")
    assert text.endswith("Macro-F1 0.800, right 0.800, of 5 prompts.")
