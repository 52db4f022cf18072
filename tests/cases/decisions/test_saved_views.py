from dataclasses import fields

import pytest

from stillwatch.cases import Actor, Role
from stillwatch.cases.decisions import saved_views
from stillwatch.cases.queries.queue import QueueFilter
from stillwatch.errors import InputError, MissingError


def named(found):
    return [(one.name, one.owner, one.query) for one in found]


def test_a_view_is_its_owners_until_it_is_shared(do, see, ann, ben):
    do(ann, saved_views.save, "Mine", "severity=urgent&word=", shared=False)
    do(ann, saved_views.save, "All closed", "/cases?state=closed&start=50", shared=True)
    assert named(see(saved_views.listed, "ann")) == [
        ("All closed", "ann", "state=closed"),
        ("Mine", "ann", "severity=urgent"),
    ]
    assert named(see(saved_views.listed, "ben")) == [("All closed", "ann", "state=closed")]


def test_ones_own_views_come_first(do, see, ann, ben):
    do(ann, saved_views.save, "A", "", shared=True)
    do(ben, saved_views.save, "B", "", shared=False)
    assert [one.name for one in see(saved_views.listed, "ben")] == ["B", "A"]


def test_a_view_fixes_what_the_queue_can_be_asked():
    spelled = {name.replace("assigned", "assigned_to") for name in saved_views.FIELDS}
    assert spelled | {"start", "count"} == {field.name for field in fields(QueueFilter)}
    assert saved_views.filters("?word=a%26b&state=all&start=50") == {"state": "all", "word": "a&b"}
    assert saved_views.filters("") == {}


@pytest.mark.parametrize(
    "query",
    [
        "owner=ann", "state=half", "severity=huge", "count=20", "word=a&word=b", "nonsense",
        "word=%00", "word=" + "x" * 201, "=x", "https://elsewhere.example/cases?state=open", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_the_queue_does_not_know_is_refused(query):
    with pytest.raises(InputError):
        saved_views.filters(query)


def test_two_views_of_one_person_have_two_names(do, ann, ben):
    do(ann, saved_views.save, "Mine", "", shared=False)
    do(ben, saved_views.save, "mine", "", shared=False)
    with pytest.raises(InputError, match="with that name"):
        do(ann, saved_views.save, "MINE", "", shared=False)


def test_views_do_not_pile_up(do, ann, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST", 1)
    do(ann, saved_views.save, "One", "", shared=False)
    with pytest.raises(InputError, match="the most"):
        do(ann, saved_views.save, "Two", "", shared=False)


def test_one_removes_ones_own_and_an_administrator_what_is_shared(do, see, ann, ben):
    mine = do(ann, saved_views.save, "Mine", "", shared=False).view_id
    shared = do(ann, saved_views.save, "Shared", "", shared=True).view_id
    amy = Actor("amy", Role.ADMINISTRATOR)
    for who, which in ((ben, mine), (ben, shared), (amy, mine), (ben, 99), (ben, 10**12)):
        with pytest.raises(MissingError):
            do(who, saved_views.remove, which)
    do(amy, saved_views.remove, shared)
    do(ann, saved_views.remove, mine)
    assert see(saved_views.listed, "ann") == []
    with pytest.raises(MissingError):
        do(ann, saved_views.remove, mine)
    do(ann, saved_views.save, "Mine", "", shared=False)
