"""How soon should a person look at a group? Severity from two answers, and what coordination by content is worth
here."""

from stillwatch.campaigns.candidates import TIED, Group
from stillwatch.campaigns.recurrence import Recurrence
from stillwatch.model import Accountability, Family, Severity

__all__ = ["COMMONPLACE", "is_by_content_alone", "is_shown", "p_group", "severity"]

COMMONPLACE = 0.3
"""Share of all accounts in groups that only content holds together, from which content singles nobody out in a log.
A convention: an operator would need three accounts for seven of everybody else's to reach it."""
_NOTHING_OWN = 0.95
"""Least sameness of members to whom one list is dealt. Measured on the lab's worlds: 0.96 to 1."""
_SEVERAL = 20
"""Least members to whom a list is dealt. A convention: a few people with one occupation are not to be suspected of what
they ask."""
_P_ANSWERED, _P_DEALT, _P_ELSE = 0.95, 0.85, 0.3
"""Share of standing groups that are one list or are run as one: where facts tie them to one customer or show hidden
control, where the list was shown to be dealt out or ties hold it together, and else. That parties were verified says
nothing of a list. No evidence of one log is believed beyond it. Measured on worlds of the tuning author and of the lab
(``make bench-strangers AUTHORS=alder``)."""


def is_by_content_alone(group: Group, answer: Accountability) -> bool:
    """Return whether only what members ask speaks of a group: no tie, and nobody known who answers for it.

    Shared addresses are a tie only where nothing is known of what members ask: users of one tool leave through its
    addresses, and ask for similar things.
    """
    ties = (test for test in group.shared if group.same is None or test.reason.family != Family.INFRASTRUCTURE)
    return answer is Accountability.UNKNOWN and not any(test.p_value < TIED for test in ties)


def is_shown(group: Group, recurring: Recurrence, answer: Accountability) -> bool:
    """Return whether the group was shown to work through one list.

    People with one interest also share a part of what they ask. So a part has to be dealt out, or something else has to
    hold the members together.
    """
    return group.common is None or not is_by_content_alone(group, answer) or recurring.pattern.is_of_one_dealer


def severity(group: Group, recurring: Recurrence, answer: Accountability, *, commonplace: bool = False) -> Severity:
    """Return the severity of a standing group: its coordination, and who answers for it.

    One customer or verified parties are at most at ``watch``, an unknown operator at most at ``review``. Members who
    repeat each other as people do are at most at ``watch``, unless control is concealed. Where nothing but what members
    ask holds them together, it has to be shown that a list is dealt out to them, that they keep nothing of their own,
    and that such groups are not *commonplace* in the log. Members who were seen to ask for different things work
    through no list; hidden means alone are for review.
    """
    if answer in {Accountability.OPERATOR, Accountability.INDEPENDENT}:
        return Severity.WATCH
    differs = group.same is not None and not group.same.tells
    if answer is Accountability.CONCEALED:
        return Severity.REVIEW if differs else Severity.URGENT
    if differs or recurring.pattern.is_of_people:
        return Severity.WATCH
    if is_by_content_alone(group, answer) and (commonplace or not _is_dealt(group, recurring)):
        return Severity.WATCH
    return Severity.REVIEW


def _is_dealt(group: Group, recurring: Recurrence) -> bool:
    """Return whether enough members keep nothing of their own and were shown to be dealt one list."""
    several = len(group.found.members) >= _SEVERAL
    own_nothing = group.same is not None and group.same.share >= _NOTHING_OWN
    return several and own_nothing and recurring.pattern.is_of_one_dealer


def p_group(group: Group, answer: Accountability, severity: Severity) -> float:
    """Return the probability that the members work through one list, or are run as one."""
    if answer in {Accountability.OPERATOR, Accountability.CONCEALED}:
        return _P_ANSWERED * (1 - group.q_value)
    return (_P_ELSE if severity is Severity.WATCH else _P_DEALT) * (1 - group.q_value)
