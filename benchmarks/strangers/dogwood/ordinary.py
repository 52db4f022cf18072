"""The ordinary crowd: thirty kinds of people who have nothing to do with each other."""

from random import Random

from strangers.contract import Crowd, Habits, Member
from strangers.dogwood.kinds import ordinary_member

__all__ = ["CROWD"]


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* people of many kinds."""
    return [ordinary_member(rng) for _ in range(n)]


CROWD = Crowd(
    name="ordinary",
    author="dogwood",
    sentence="Private people, firms, bots and nightly jobs of some thirty kinds, each with work of its own.",
    is_harvest=False,
    one_list=False,
    accountability="unknown",
    habits=Habits(per_day=4.0, spread=1.0, active_days=0.55, hours=(6.0, 23.5), follow_up=0.4),
    members=members,
    usual_size=600,
)
