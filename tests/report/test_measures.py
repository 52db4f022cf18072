import math

import pytest

from stillwatch.model import ReasonKind
from stillwatch.report import measures


def reason(signal="shared_payment", kind="neg_log2_p", expected=0.013, observed=0.633, value=7.0, cap=20.0):
    return {"signal": signal, "kind": kind, "expected": expected, "observed": observed, "value": value, "cap": cap}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (reason(), "63% of the members, 1.3% expected"),
        (reason(kind="rarity", expected=0.0002), "63% of the members, 0.02% of other accounts"),
        (reason("same_worklist", expected=0.028, observed=0.0), "distance 0, 0.028 expected"),
        (reason("same_worklist", "log2_lr", 0.0, 1.0), "likeness to the list 1, 0 expected"),
        (reason("never_collides", "description", 2873.7, 0.0), "0 pairs, 2,874 expected"),
        (reason("follow_up", "description", 0.494, 0.0), "0% of exchanges, 49% expected"),
        (reason("long_answers", "description", 156.9, 352.4), "352 tokens, 157 expected"),
        (reason("dealt_evenly", "log2_lr", 0.0, 0.9), "evenness 0.9, 0 expected"),
        (reason("unheard", "rarity", 0.31, 80.0), "80, 0.31 expected"),
        (reason(expected=None), "63% of the members"),
        (reason(observed=None), "not measurable in this log"),
        (reason(observed=math.nan), "not measurable in this log"),
    ],
)
def test_figures_are_written_with_their_unit(given, text):
    assert measures.compared(given) == text


@pytest.mark.parametrize(
    ("kind", "value", "cap", "text"),
    [
        ("neg_log2_p", 19.93, 19.93, "−log₂ p = 19.9 or more"),
        ("neg_log2_p", 60.0, 60.0, "−log₂ p = 60 or more"),
        ("neg_log2_p", 7.0, 20.0, "−log₂ p = 7"),
        ("log2_lr", -8.0, 8.0, "log₂ of the ratio = -8 or less"),
        ("rarity", 64.0, 64.0, "64 or more bits of rarity"),
        ("rarity", 6.25, 64.0, "6.25 bits of rarity"),
        ("description", 2.0, 2.0, "+2 points in the queue"),
        ("description", 0.0, 0.0, "0 points in the queue"),
        ("unheard", 12.0, math.nan, "weight 12"),
    ],
)
def test_a_weight_has_its_unit_and_says_where_it_is_capped(kind, value, cap, text):
    assert measures.weight(reason(kind=kind, value=value, cap=cap)) == text


def test_each_measure_says_which_side_speaks_for_one_list():
    assert measures.measure_of(reason()).direction == "more than expected speaks for one list"
    assert measures.measure_of(reason("same_worklist")).direction == "less than expected speaks for one list"
    assert measures.measure_of(reason("never_collides", "description")).unit == "pairs of members that asked the same"


def test_reasons_of_earlier_scans_keep_their_weight():
    old = {"signal": "shared_frame", "expected": 1.0, "observed": 2.0, "bits": 12.0}
    assert (measures.kind_of(old), measures.value_of(old)) == (None, 12.0)
    assert math.isnan(measures.value_of({}))
    assert measures.kind_of({"kind": "rarity"}) is ReasonKind.RARITY


def test_a_number_that_is_missing_is_not_a_number():
    assert math.isnan(measures.number(None))
    assert measures.number(2) == 2.0
    assert measures.figure(measures.measure_of(reason()), math.inf) == "not known"
