"""Which worlds there are, and who stands in them."""

import pytest
from strangers import worlds as module
from strangers.authors import crowds_of
from strangers.compose import ORDINARY
from strangers.worlds import HABITS, KINDS, ORDINARY_ACCOUNTS, World, parts_of, perform, worlds


def test_every_crowd_stands_alone_and_every_harvest_in_all_kinds():
    found = list(worlds(["alder"], KINDS, HABITS, [1, 2]))
    crowds = crowds_of("alder")
    n_harvests = sum(crowd.is_harvest for crowd in crowds)
    assert len(found) == len(set(found)) == 2 * 2 * (len(crowds) + 2 * n_harvests)
    assert {world.name for world in found if world.kind != "alone"} == {c.name for c in crowds if c.is_harvest}
    assert [world.seed for world in found] == sorted(world.seed for world in found)


def test_only_what_was_asked_for():
    found = list(worlds(["alder"], ["alone"], ["plain"], [1], ["saas_tenants"]))
    assert found == [World("alone", "alder", "saas_tenants", "plain", 1)]


def test_parts_by_kind():
    alone, together, hidden = (
        parts_of(World(kind, "alder", "harvest_code_frame", "plain", 1)) for kind in ("alone", "together", "hidden")
    )
    n_honest = sum(not crowd.is_harvest for crowd in crowds_of("alder"))
    assert [part.crowd.name for part in alone] == [ORDINARY, "harvest_code_frame"]
    assert [part.crowd.name for part in hidden] == [ORDINARY, "harvest_code_frame_hidden"]
    assert len(together) == 2 + n_honest
    assert together[0].n_accounts == alone[0].n_accounts == ORDINARY_ACCOUNTS
    assert sum(part.crowd.is_harvest for part in together) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_swapped_habits_belong_to_others(kind):
    plain, swapped = (parts_of(World(kind, "alder", "harvest_code_frame", habits, 1)) for habits in HABITS)
    assert [part.crowd.name for part in plain] == [part.crowd.name for part in swapped]
    assert plain[0].crowd.habits == swapped[0].crowd.habits
    assert all(a.crowd.habits != b.crowd.habits for a, b in zip(plain[1:], swapped[1:], strict=True))


def test_a_crowd_that_is_missing_is_named():
    with pytest.raises(LookupError, match="no crowd nobody of alder"):
        parts_of(World("alone", "alder", "nobody", "plain", 1))


def test_a_world_is_performed_from_its_fields(monkeypatch, make):
    seen = {}

    def measure(name, parts, **options):
        seen.update(options, name=name, n=len(parts))
        return make.result()

    monkeypatch.setattr(module, "measure", measure)
    key = {"kind": "alone", "author": "alder", "name": "law_firms", "habits": "plain", "seed": 7}
    result, code = perform(key, threads=1)
    assert seen == {"name": "alone-alder-law_firms-plain-7", "seed": 7, "days": 21, "threads": 1, "n": 2}
    assert result["n_accounts"] == 1_200
    assert code == module.code_state()
