import math

import pytest

from stillwatch.report import evidence

SIGNALS = evidence.SignalTexts({"shared_frame": "One text."})


def reason(signal, kind, value, family="content", expected=1.0, observed=2.0, cap=20.0):
    return {
        "signal": signal, "family": family, "kind": kind, "expected": expected, "observed": observed, "value": value,
        "cap": cap,
    }  # fmt: skip


def test_kinds_are_never_sorted_together():
    mixed = [
        reason("follow_up", "description", 30.0, "use"),
        reason("shared_frame", "rarity", 900.0),
        reason("dealt_evenly", "log2_lr", 3.0),
        reason("same_worklist", "neg_log2_p", 7.0),
        reason("shared_phone", "rarity", 1_000.0, "identity"),
    ]
    groups = evidence.evidence_groups(mixed, SIGNALS)
    assert [group.heading for group in groups] == [
        "Tested", "Likelihood ratios", "Rare shared values", "Descriptions",
    ]  # fmt: skip
    assert [row.title for row in groups[2].reasons] == ["Shared frame", "Shared phone"]  # the order of the scan
    assert len({group.sentence for group in groups}) == 4


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("neg_log2_p", 7.0, "−log₂ p = 7"),
        ("neg_log2_p", 20.0, "−log₂ p = 20 or more"),
        ("log2_lr", -20.0, "log₂ of the ratio = -20 or less"),
        ("log2_lr", -1.5, "log₂ of the ratio = -1.5"),
        ("rarity", 6.25, "6.25 bits of rarity"),
        ("description", 1.5, "+1.5 points in the queue"),
        ("description", -0.5, "-0.5 points in the queue"),
        ("description", 0.0, "0 points in the queue"),
    ],
)
def test_each_value_has_the_unit_of_its_kind(kind, value, text):
    (group,) = evidence.evidence_groups([reason("shared_frame", kind, value)], SIGNALS)
    assert group.reasons[0].weight == text


def test_facts_about_accountability_have_no_weight_and_no_group():
    facts = [reason("hidden_ties", "description", 0.0, evidence.FACTS)]
    assert evidence.evidence_groups(facts, SIGNALS) == []


def test_what_cannot_be_measured_is_told_apart():
    odd = reason("odd", "description", math.inf, "unheard", expected=math.nan, observed=None)
    (group,) = evidence.evidence_groups([odd], SIGNALS)
    (row,) = group.reasons
    assert (row.is_measured, row.expected, row.observed, row.family_class) == (
        False, "not known", "not known", "f-other",
    )  # fmt: skip
    assert 0 <= row.expected_at <= 100


def test_reasons_of_earlier_scans_keep_their_weight():
    old = {"signal": "shared_frame", "family": "content", "expected": 1.0, "observed": 2.0, "bits": 12.0}
    (group,) = evidence.evidence_groups([old], SIGNALS)
    assert group.reasons[0].weight == "weight 12"


def test_what_measures_the_same_shares_an_axis_with_its_unit_and_direction():
    mixed = [
        reason("shared_frame", "neg_log2_p", 9.0, expected=0.01, observed=0.6),
        reason("dealt_among_readers", "neg_log2_p", 8.0, expected=300.0, observed=28.0),
        reason("same_start", "neg_log2_p", 7.0, "tempo", expected=0.1, observed=0.9),
    ]
    (group,) = evidence.evidence_groups(mixed, SIGNALS)
    assert [(block.unit, len(block.reasons)) for block in group.blocks] == [
        ("share of the members", 2), ("pairs of members that asked the same", 1),
    ]  # fmt: skip
    shares, pairs = group.blocks
    assert (shares.direction[:4], pairs.direction[:4]) == ("more", "less")
    assert [tick.text for tick in shares.scale.ticks] == ["1%", "10%", "100%"]
    assert (shares.reasons[0].observed, shares.reasons[0].expected) == ("60%", "1%")
    assert (pairs.reasons[0].observed, pairs.reasons[0].expected) == ("28", "300")


def test_a_family_has_its_class():
    assert evidence.family_class("tempo") == "f-tempo"
    assert evidence.family_class("use") == "f-other"
