"""How people's answers combine: three answers, five standings, and the rule that one innocent voice is enough to stop.

Answers add up in any order (``Tally`` is a commutative monoid), so it does not matter who spoke first. *Unsure* is an
answer that abstains. Two people who contradict each other leave the thing *disputed*, which nobody may act on. What an
appeal overturned is innocent whatever else was said.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Standing", "Tally", "Verdict", "of_account"]


class Verdict(StrEnum):
    """What one person answers."""

    CONFIRMED = "confirmed"
    INNOCENT = "innocent"
    UNSURE = "unsure"


class Standing(StrEnum):
    """What the answers of all come to; ``open`` is that nobody has answered."""

    OPEN = "open"
    UNSURE = "unsure"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    INNOCENT = "innocent"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people gave each answer, and how many appeals overturned it."""

    confirmed: int = 0
    innocent: int = 0
    unsure: int = 0
    overturned: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.confirmed + other.confirmed,
            self.innocent + other.innocent,
            self.unsure + other.unsure,
            self.overturned + other.overturned,
        )

    @property
    def standing(self) -> Standing:
        """Return what the answers come to."""
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
    """Return where an account of a case stands: confirmed needs both, innocent needs one."""
    both = {case, account}
    for standing in (Standing.INNOCENT, Standing.DISPUTED):
        if standing in both:
            return standing
    if both == {Standing.CONFIRMED}:
        return Standing.CONFIRMED
    return Standing.UNSURE if Standing.UNSURE in both else Standing.OPEN
