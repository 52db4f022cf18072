"""Words the three answers about a group: coordination, accountability and use. No answer is a verdict."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stillwatch.model import Accountability, ReasonKind, Severity
from stillwatch.report import wording
from stillwatch.report.evidence import FACTS, USE, SignalTexts
from stillwatch.report.measures import compared, kind_of, number

__all__ = ["Answer", "AnswerFact", "answers", "short_accountability", "what_would_change", "why_severity"]

_UNKNOWN = (
    "One list of work in many hands, operator unknown: an agency, an annotation platform, a course, a firm's agents, "
    "or a campaign."
)
_LATER = "No action yet. Look again after the next scan."
_AS_READERS = (
    "The members repeat each other's prompts as readers of a public list do, or as people with one common question. "
    "No action."
)
_READERS = frozenset({"collides_like_readers", "asks_the_same_few", "repeats_like_strangers"})
_TESTS = frozenset({ReasonKind.NEG_LOG2_P, ReasonKind.LOG2_LR})


@dataclass(frozen=True, slots=True)
class _WhoAnswers:
    """The words for one value of accountability. ``watch`` says why a group to watch needs no action."""

    word: str
    sentence: str
    change: str
    watch: str


_ACCOUNTABILITY: Mapping[Accountability | None, _WhoAnswers] = {
    Accountability.OPERATOR: _WhoAnswers(
        word="one operator",
        sentence="One customer answers for nearly all of these accounts: one organization, one payer, or one name with "
        "one card or address.",
        change="accounts of the group for which this customer does not answer.",
        watch="One customer answers for these accounts. No action.",
    ),
    Accountability.INDEPENDENT: _WhoAnswers(
        word="independent parties",
        sentence="Several parties answer for these accounts. The provider verified who they are, and they share no "
        "means of identity.",
        change="facts that one party controls several of these accounts.",
        watch="Verified parties answer for these accounts. No action.",
    ),
    Accountability.UNKNOWN: _WhoAnswers(
        word="unknown",
        sentence="The facts do not say who answers for these accounts. An account that nobody verified is no sign of "
        "guilt.",
        change="members whose identity is verified, one customer who declares all of these accounts, or the members' "
        "answers to questions.",
        watch=_UNKNOWN,
    ),
    Accountability.CONCEALED: _WhoAnswers(
        word="concealed",
        sentence="Accounts under separate names share cards, devices or phones, or were opened right after other "
        "members were closed.",
        change="one customer who declares all of these accounts and answers for them, or verified holders who explain "
        "what they share.",
        watch=_LATER,
    ),
    None: _WhoAnswers(
        word="not known",
        sentence="The scan did not state who answers for these accounts.",
        change="a new scan that states who answers for these accounts.",
        watch=_LATER,
    ),
}


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """One fact behind an answer: its name, what was found, and the sentence that explains it."""

    title: str
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the three answers. ``how`` says what kind of statement it is: tested, fact or description."""

    name: str
    how: str
    word: str
    sentences: list[str]
    facts: list[AnswerFact]


def answers(row: Mapping[str, Any], signals: SignalTexts) -> list[Answer]:
    """Return the three answers of one row of ``tables.CAMPAIGNS``: coordination, accountability, use."""
    reasons = row.get("reasons") or []
    return [_coordination(row, reasons, signals), _accountability(row, reasons, signals), _use(row, reasons, signals)]


def why_severity(row: Mapping[str, Any]) -> str:
    """Return the sentence that says why the group has its severity, and what a person should do."""
    who = _who(row)
    severity = Severity(row["severity"]) if row.get("severity") in set(Severity) else Severity.WATCH
    if severity is Severity.URGENT:
        hidden = "The accounts share means of identity under separate names. "
        return f"{hidden if who is Accountability.CONCEALED else ''}Look at this group first."
    if severity is Severity.REVIEW:
        return _UNKNOWN if who is Accountability.UNKNOWN else "A person should look at this group."
    as_readers = _READERS & _names(row) and who is not Accountability.OPERATOR
    return _AS_READERS if as_readers else _ACCOUNTABILITY[who].watch


def what_would_change(row: Mapping[str, Any]) -> str:
    """Return the facts that would change the answer about accountability."""
    return f"What would change this: {_ACCOUNTABILITY[_who(row)].change}"


def short_accountability(row: Mapping[str, Any]) -> str:
    """Return the value of ``accountability`` in words; "not known" where the scan has none."""
    return _ACCOUNTABILITY[_who(row)].word


def _who(row: Mapping[str, Any]) -> Accountability | None:
    value = row.get("accountability")
    return Accountability(value) if value in set(Accountability) else None


def _names(row: Mapping[str, Any]) -> set[str]:
    return {reason.get("signal") or "" for reason in row.get("reasons") or []}


def _coordination(row: Mapping[str, Any], reasons: Sequence[Mapping[str, Any]], signals: SignalTexts) -> Answer:
    p_group, q_value = number(row.get("p_group")), number(row.get("q_value"))
    tested = dict.fromkeys(signals.title(reason.get("signal") or "") for reason in reasons if kind_of(reason) in _TESTS)
    known = math.isfinite(p_group)
    return Answer(
        name="Coordination",
        how="tested",
        word=f"{wording.probability(p_group)}: {wording.likelihood(p_group)}" if known else "not known",
        sentences=[
            "Probability that the accounts work through one list of work, or are run as one: "
            f"{wording.probability(p_group)}."
            if known
            else "The scan stated no probability that the accounts work through one list of work.",
            "Honest work that is dealt out to people is one list of work, too. The test does not say who gave it out.",
        ],
        facts=[
            AnswerFact("Tested", ", ".join(tested).lower() or "nothing that is recorded", ""),
            AnswerFact("q-value", wording.q_value(q_value), "The lowest false discovery rate that reports this group."),
            AnswerFact(
                "Coordination",
                f"{wording.measure(number(row.get('coordination')))} of 1",
                "How little the accounts differ, against strangers.",
            ),
        ],
    )


def _accountability(row: Mapping[str, Any], reasons: Sequence[Mapping[str, Any]], signals: SignalTexts) -> Answer:
    who = _ACCOUNTABILITY[_who(row)]
    facts = [
        AnswerFact(
            signals.title(reason.get("signal") or ""),
            compared(dict(reason, expected=None)),
            signals.sentence(reason.get("signal") or ""),
        )
        for reason in _of_family(reasons, FACTS)
    ]
    none = [] if facts else ["The scan recorded no fact behind this answer."]
    return Answer("Accountability", "facts", who.word, [who.sentence, *none], facts)


def _use(row: Mapping[str, Any], reasons: Sequence[Mapping[str, Any]], signals: SignalTexts) -> Answer:
    shares = [(c["name"] or "", number(c["share"])) for c in row.get("capabilities") or []]
    largest = sorted((pair for pair in shares if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))[:2]
    asked = ", ".join(f"{name} ({wording.share(share)})" for name, share in largest)
    facts = [
        AnswerFact(
            signals.title(reason.get("signal") or ""), compared(reason), signals.sentence(reason["signal"] or "")
        )
        for reason in _of_family(reasons, USE)
    ]
    return Answer(
        name="Use",
        how="described",
        word=f"mostly {largest[0][0]}" if largest else "not known",
        sentences=[
            f"Most asked for: {asked}." if asked else "What the accounts ask for is not known.",
            "These figures describe. They give no probability, and no severity depends on them.",
        ],
        facts=facts,
    )


def _of_family(reasons: Iterable[Mapping[str, Any]], family: str) -> list[Mapping[str, Any]]:
    return [reason for reason in reasons if reason.get("family") == family]
