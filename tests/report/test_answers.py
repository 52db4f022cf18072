import math

import pytest

from stillwatch.report import answers
from stillwatch.report.evidence import SignalTexts

SIGNALS = SignalTexts({"hidden_ties": "Shared under separate names."})


def reason(signal, family, kind="description", expected=0.3, observed=0.25):
    return {"signal": signal, "family": family, "kind": kind, "expected": expected, "observed": observed, "value": 0.0}


def row(severity="review", accountability="unknown", reasons=(), **more):
    return {"severity": severity, "accountability": accountability, "reasons": list(reasons), "p_group": 0.97} | more


def test_the_three_answers_come_in_order_and_say_how_they_are_known():
    found = answers.answers(row(), SIGNALS)
    assert [(answer.name, answer.how) for answer in found] == [
        ("Coordination", "tested"), ("Accountability", "facts"), ("Use", "described"),
    ]  # fmt: skip


def test_coordination_is_a_probability_in_words_with_what_was_tested():
    tests = [reason("same_worklist", "content", "neg_log2_p"), reason("shared_card", "identity", "rarity")]
    found = answers.answers(row(reasons=tests, q_value=0.001, coordination=0.8), SIGNALS)[0]
    assert found.word == "97.0%: very likely"
    assert [(fact.title, fact.text) for fact in found.facts] == [
        ("Tested", "same worklist"), ("q-value", "0.001"), ("Coordination", "0.8 of 1"),
    ]  # fmt: skip
    assert any("Honest work" in sentence for sentence in found.sentences)


def test_accountability_stands_on_its_facts():
    found = answers.answers(row("urgent", "concealed", [reason("hidden_ties", "accountability")]), SIGNALS)[1]
    (fact,) = found.facts
    assert (found.word, fact.text) == ("concealed", "25% of the members")
    assert fact.sentence == "Shared under separate names."
    assert "no fact behind" in " ".join(answers.answers(row(), SIGNALS)[1].sentences)


def test_use_is_described_and_has_neither_total_nor_probability():
    described = [reason("follow_up", "use"), reason("breadth", "use", observed=math.nan)]
    asked = [{"name": "chat", "share": 0.3}, {"name": "grading", "share": 0.6}]
    found = answers.answers(row(reasons=described, capabilities=asked), SIGNALS)[2]
    assert found.word == "mostly grading"
    assert [fact.text for fact in found.facts] == ["25% of exchanges, 30% expected", "not measurable in this log"]
    assert "no probability" in found.sentences[-1]


def test_an_unknown_operator_is_worded_as_what_it_is():
    wording = (
        "One list of work in many hands, operator unknown: an agency, an annotation platform, a course, a firm's "
        "agents, or a campaign."
    )
    assert answers.why_severity(row()) == wording
    assert answers.why_severity(row("watch")) == wording


@pytest.mark.parametrize(
    ("severity", "who", "word"),
    [
        ("urgent", "concealed", "separate names"),
        ("urgent", "unknown", "first"),
        ("watch", "operator", "One customer"),
        ("watch", "independent", "Verified parties"),
        ("watch", None, "No action yet"),
        ("review", "concealed", "person"),
        ("nonsense", "nonsense", "No action yet"),
    ],
)
def test_each_severity_has_its_sentence(severity, who, word):
    assert word in answers.why_severity(row(severity, who))


@pytest.mark.parametrize("signal", ["collides_like_readers", "asks_the_same_few", "repeats_like_strangers"])
def test_readers_of_a_public_list_are_told_as_readers(signal):
    assert "public list" in answers.why_severity(row("watch", reasons=[reason(signal, "content")]))


def test_what_would_change_the_answer_names_facts_and_no_signal():
    change = answers.what_would_change(row())
    for word in ("verified", "one customer who declares", "answers to questions"):
        assert word in change
    for who in ("operator", "independent", "concealed", None):
        assert answers.what_would_change(row(accountability=who)).startswith("What would change this: ")


def test_a_row_without_the_new_columns_is_not_known():
    found = answers.answers({"severity": "review", "reasons": None}, SIGNALS)
    assert {answer.word for answer in found} == {"not known"}
    assert answers.short_accountability({}) == "not known"
