"""Combines the answers of people: three verdicts give one of five standings.

``VerdictTally`` is a commutative monoid, so the order of the answers does not matter. *Unsure* is an abstention. Two
people who contradict each other leave the subject *disputed*, and a disputed account cannot be acted on. An account
that an appeal overturned is innocent, and the answers do not matter.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Standing", "Verdict", "VerdictTally", "of_account"]


class Verdict(StrEnum):
    """The answer of one person."""

    CONFIRMED = "confirmed"
    INNOCENT = "innocent"
    UNSURE = "unsure"


class Standing(StrEnum):
    """The result of all answers. ``open`` means that there is no answer."""

    OPEN = "open"
    UNSURE = "unsure"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    INNOCENT = "innocent"


@dataclass(frozen=True, slots=True)
class VerdictTally:
    """The number of people with each verdict, and the number of appeals that overturned it."""

    confirmed: int = 0
    innocent: int = 0
    unsure: int = 0
    overturned: int = 0

    def __add__(self, other: "VerdictTally") -> "VerdictTally":
        return VerdictTally(
            self.confirmed + other.confirmed,
            self.innocent + other.innocent,
            self.unsure + other.unsure,
            self.overturned + other.overturned,
        )

    @property
    def standing(self) -> Standing:
        """Return the standing that the answers give."""
        if self.overturned:
            return Standing.INNOCENT
        if self.confirmed and self.innocent:
            return Standing.DISPUTED
        if self.confirmed:
            return Standing.CONFIRMED
        if self.innocent:
            return Standing.INNOCENT
        return Standing.UNSURE if self.unsure else Standing.OPEN


def of_account(case: Standing, account: Standing) -> Standing:
    """Return the standing of an account of a case.

    It is confirmed where both the campaign and the account are. It is innocent or disputed where one of them is.
    """
    both = {case, account}
    for standing in (Standing.INNOCENT, Standing.DISPUTED):
        if standing in both:
            return standing
    if both == {Standing.CONFIRMED}:
        return Standing.CONFIRMED
    return Standing.UNSURE if Standing.UNSURE in both else Standing.OPEN
