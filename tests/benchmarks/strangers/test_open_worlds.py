"""Worlds in which nothing is to be found: who stands in them, and what the command prints."""

import sys

from strangers import open_worlds
from strangers.authors import REPORTING
from strangers.compose import ORDINARY
from strangers.open_worlds import OPEN, drawn, perform


def _shown(parts):
    return [(part.crowd.author, part.crowd.name, part.n_accounts) for part in parts]


def test_the_number_of_a_world_draws_it():
    assert _shown(drawn(3, REPORTING)) == _shown(drawn(3, REPORTING))
    assert len({str(_shown(drawn(n, REPORTING))) for n in range(9)}) == 9


def test_a_world_has_people_and_open_crowds_alone():
    every = [drawn(n, REPORTING) for n in range(60)]
    for people, *crowds in every:
        assert people.crowd.name == ORDINARY
        assert 400 <= people.n_accounts <= 800
        assert len(crowds) <= 3
        assert all(not part.crowd.is_harvest and part.crowd.accountability in OPEN for part in crowds)
        assert all(1 <= part.n_accounts <= part.crowd.usual_size for part in crowds)
    assert {people.crowd.author for people, *_ in every} == set(REPORTING)
    assert {len(parts) - 1 for parts in every} == {0, 1, 2, 3}


def test_the_people_are_not_those_of_the_other_command(monkeypatch, make):
    seen = {}

    def measure(name, parts, **options):
        seen.update(options, name=name)
        return make.result()

    monkeypatch.setattr(open_worlds, "measure", measure)
    result, _ = perform({"number": 5, "authors": "cedar"}, threads=1)
    assert seen == {"name": "open-cedar-5", "seed": 100_005, "days": 14, "threads": 1}
    assert result["n_accounts"] == 1_200


def test_the_command_prints_the_tables_and_replaces_them(monkeypatch, make, tmp_path, capsys):
    monkeypatch.setattr(open_worlds, "measure", lambda name, parts, **options: make.result())
    monkeypatch.setattr(
        open_worlds, "results_of", lambda keys, perform, *, out, jobs: [(key, perform(key)[0]) for key in keys]
    )
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- begin bench-open: written by the command, not by hand -->\n<!-- end bench-open -->\n", "utf-8"
    )
    monkeypatch.setattr(sys, "argv", ["x", "--worlds", "3", "--page", str(page)])
    open_worlds.main()
    said = capsys.readouterr().out
    assert "make bench-open WORLDS=3`" in said
    assert said.strip() in page.read_text("utf-8")
