"""Results in the form that a scan of a stranger's world gives, made by hand."""

from types import SimpleNamespace

import pytest
from strangers.compose import ORDINARY
from strangers.measuring import CrowdResult, GroupResult, Result
from strangers.worlds import World


def crowd(name, *, urgent=0, review=0, watch=0, of=10, truth="unknown", place=None, **changes):
    """Return the result of one crowd of ``cedar``; no group of it was answered for."""
    given = {"is_harvest": name.startswith("harvest"), "one_list": False, "author": "cedar", "answers": {}} | changes
    return CrowdResult(
        crowd=name, accountability=truth, n_accounts=of, n_urgent=urgent, n_review=review, n_watch=watch, place=place,
        **given,
    )  # fmt: skip


def group(name, *, p=0.9, inside=(0.9,) * 4, outside=(), truth="unknown", severity="review", rank=1, **changes):
    """Return one reported group that is mostly of the crowd *name* of ``cedar``."""
    given = {"one_list": True, "by_identity": False, "answer": "unknown", "author": "cedar"} | changes
    return GroupResult(
        crowd=name, is_harvest=name.startswith("harvest"), accountability=truth,
        share=len(inside) / (len(inside) + len(outside)), p_group=p, severity=severity, rank=rank,
        inside=tuple(inside), outside=tuple(outside), **given,
    )  # fmt: skip


def result(*crowds, groups=(), people=(), of=1_200):
    """Return a world of *of* ordinary people, of which *people* are above ``watch``, and these crowds."""
    ordinary = crowd(ORDINARY, review=len(people), of=of)
    n = of + sum(each.n_accounts for each in crowds)
    return Result(n, 1_000, (ordinary, *crowds), tuple(groups), tuple(people))


def world(name="some", kind="alone", *, habits="plain", seed=11, author="cedar"):
    """Return the name of a world."""
    return World(kind, author, name, habits, seed)


@pytest.fixture
def make():
    """The makers of results, by name."""
    return SimpleNamespace(crowd=crowd, group=group, result=result, world=world)
