"""Severity by the whole table of answers: no accountability passes its cap, and content alone needs a dealt list."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from stillwatch.campaigns.candidates import TIED, Group
from stillwatch.campaigns.coordination import Shared
from stillwatch.campaigns.membership import Membership
from stillwatch.campaigns.recurrence import Pattern, Recurrence
from stillwatch.campaigns.sameness import Sameness
from stillwatch.campaigns.standing import is_by_content_alone, is_shown, p_group, severity
from stillwatch.model import Accountability, Reason, ReasonKind, Severity

CAP = {
    Accountability.OPERATOR: Severity.WATCH,
    Accountability.INDEPENDENT: Severity.WATCH,
    Accountability.UNKNOWN: Severity.REVIEW,
    Accountability.CONCEALED: Severity.URGENT,
}
FOUND = Membership(np.arange(20), np.ones(20), np.zeros(20), np.zeros((20, 5)))
WHOLE = Sameness(0.1, 0.0, 1e-9)
SAME = {
    "one list": WHOLE,
    "nearly one list": Sameness(0.1, 0.01, 1e-9),
    "different things": Sameness(0.1, 0.09, 0.9),
    "nothing known": None,
}
PART = object()
"""What members have in common of a part of what they ask; severity looks at whether there is any."""
TIE = Shared(Reason("shared_payment", "identity", ReasonKind.NEG_LOG2_P, 0.01, 0.5, 19.0, 19.9), 1e-6)
ADDRESS = Shared(Reason("shared_address", "infrastructure", ReasonKind.NEG_LOG2_P, 0.01, 0.5, 19.0, 19.9), 1e-6)
WEAK = Shared(Reason("shared_payment", "identity", ReasonKind.NEG_LOG2_P, 0.01, 0.1, 9.0, 19.9), 2 * TIED)


def _group(same=WHOLE, tie=None, part=False, q=0.001):
    return Group(1e-6, FOUND, same, [tie] if tie else [], PART if part else None, q)


def _table():
    return itertools.product(
        SAME.values(), (None, WEAK, TIE), (False, True), Pattern, Accountability, (False, True)
    )  # fmt: skip


def _severity(same, tie, part, pattern, answer, commonplace):
    return severity(_group(same, tie, part), Recurrence(pattern), answer, commonplace=commonplace)


def test_nothing_passes_the_cap_of_its_accountability():
    seen = {answer: set() for answer in Accountability}
    for row in _table():
        seen[row[4]].add(_severity(*row))
    assert {answer: max(found, key=lambda s: s.rank) for answer, found in seen.items()} == CAP


@pytest.mark.parametrize("pattern", Pattern)
@pytest.mark.parametrize("same", SAME)
def test_the_table_of_severities(same, pattern):
    """Row by row, as the docs state it: for a group with a tie, in a log where such groups are rare."""
    expected = dict.fromkeys(Accountability, Severity.WATCH)
    differs = same == "different things"
    expected[Accountability.CONCEALED] = Severity.REVIEW if differs else Severity.URGENT
    if not differs and pattern not in {Pattern.READERS, Pattern.COMMON}:
        expected[Accountability.UNKNOWN] = Severity.REVIEW
    found = {answer: _severity(SAME[same], TIE, False, pattern, answer, False) for answer in Accountability}
    assert found == expected


@pytest.mark.parametrize("pattern", Pattern)
@pytest.mark.parametrize("part", [False, True])
def test_by_content_alone_only_a_dealt_list_of_ones_own_is_for_review(part, pattern):
    def found(same, tie=None, commonplace=False):
        return _severity(SAME[same], tie, part, pattern, Accountability.UNKNOWN, commonplace)

    is_dealt = pattern in {Pattern.DEALT, Pattern.RARE}
    assert found("one list") == (Severity.REVIEW if is_dealt else Severity.WATCH)
    assert found("one list", WEAK) == found("one list"), "one signal in a hundred tells by chance"
    assert found("nearly one list") == found("nothing known") == found("different things") == Severity.WATCH
    assert found("one list", commonplace=True) == Severity.WATCH


def test_of_a_few_people_with_one_occupation_content_alone_says_nothing():
    """Nineteen who are dealt one list are watched; a tie or hidden control needs no such number."""
    few = replace(_group(), found=FOUND.of(np.arange(20) < 19))
    assert severity(few, Recurrence(Pattern.DEALT), Accountability.UNKNOWN) == Severity.WATCH
    assert severity(_group(), Recurrence(Pattern.DEALT), Accountability.UNKNOWN) == Severity.REVIEW
    assert severity(few, Recurrence(Pattern.DEALT), Accountability.CONCEALED) == Severity.URGENT
    assert severity(replace(few, shared=[TIE]), Recurrence(Pattern.DEALT), Accountability.UNKNOWN) == Severity.REVIEW


def test_a_commonplace_does_not_clear_who_is_tied_or_concealed():
    for answer, expected in ((Accountability.UNKNOWN, Severity.REVIEW), (Accountability.CONCEALED, Severity.URGENT)):
        assert _severity(WHOLE, TIE, False, Pattern.DEALT, answer, True) == expected
    assert _severity(WHOLE, None, False, Pattern.DEALT, Accountability.CONCEALED, True) == Severity.URGENT


def test_more_of_one_list_never_lowers_a_severity():
    """Of groups that differ in nothing else, who asks for different things stands lowest."""
    for _, tie, part, pattern, answer, commonplace in _table():
        ranks = [
            _severity(SAME[name], tie, part, pattern, answer, commonplace).rank
            for name in ("different things", "nearly one list", "one list")
        ]
        assert ranks == sorted(ranks)


def test_a_tie_and_a_dealer_never_lower_a_severity():
    for same, _, part, _, answer, commonplace in _table():
        for pattern in Pattern:
            bare, tied = (_severity(same, tie, part, pattern, answer, commonplace) for tie in (None, TIE))
            assert tied.rank >= bare.rank
        for tie in (None, TIE):
            patterns = (Pattern.READERS, Pattern.UNKNOWN, Pattern.DEALT)
            ranks = [_severity(same, tie, part, pattern, answer, commonplace).rank for pattern in patterns]
            assert ranks == sorted(ranks)


def test_content_alone_is_no_tie_and_nobody_known():
    for answer in Accountability:
        assert is_by_content_alone(_group(), answer) == (answer is Accountability.UNKNOWN)
        assert not is_by_content_alone(_group(tie=TIE), answer)
    assert is_by_content_alone(_group(tie=WEAK), Accountability.UNKNOWN)
    assert is_by_content_alone(_group(tie=ADDRESS), Accountability.UNKNOWN), "as users of one tool have them"
    assert not is_by_content_alone(_group(None, tie=ADDRESS), Accountability.UNKNOWN), "nothing else is known"


def test_a_part_in_common_is_shown_where_it_is_dealt_or_something_else_holds_the_members():
    def shown(answer=Accountability.UNKNOWN, **options):
        return {p for p in Pattern if is_shown(_group(**options), Recurrence(p), answer)}

    assert shown(part=False) == set(Pattern)
    assert shown(part=True) == {Pattern.DEALT, Pattern.RARE}
    assert shown(part=True, tie=TIE) == set(Pattern)
    assert shown(Accountability.CONCEALED, part=True) == set(Pattern)


@pytest.mark.parametrize("answer", Accountability)
@pytest.mark.parametrize("stands", Severity)
def test_the_probability_of_a_group_is_below_one_and_falls_with_its_q_value(answer, stands):
    found = [p_group(_group(q=q), answer, stands) for q in (0.0, 0.001, 0.01, 0.5, 1.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] < 1
    assert found[-1] == 0


def test_a_group_is_likelier_where_facts_or_a_dealt_list_speak_of_it():
    def p(answer, stands):
        return p_group(_group(), answer, stands)

    watched, reviewed = (p(Accountability.UNKNOWN, stands) for stands in (Severity.WATCH, Severity.REVIEW))
    assert watched < 0.5 < reviewed
    assert p(Accountability.INDEPENDENT, Severity.WATCH) == watched, "verified parties are no sign of one list"
    for answer in (Accountability.OPERATOR, Accountability.CONCEALED):
        assert p(answer, CAP[answer]) > reviewed
