"""The tables as Markdown, and how they get into the page."""

from pathlib import Path

import pytest
from strangers.page import begin, end, open_tables, replaced, tables, write_page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "strangers.md"


def _rows(text):
    return [line for line in text.splitlines() if line.startswith("|")]


def test_tables_stand_between_their_markers():
    text = f"before\n\n{begin('a')}\nold\n{end('a')}\n\nafter\n"
    once = replaced(text, "a", "| new |\n")
    assert once == f"before\n\n{begin('a')}\n\n| new |\n\n{end('a')}\n\nafter\n"
    assert replaced(once, "a", "| new |") == once


@pytest.mark.parametrize("text", ["", begin("a"), end("a"), f"{begin('b')}{end('b')}"])
def test_a_page_without_markers_is_refused(text):
    with pytest.raises(ValueError, match="no markers a"):
        replaced(text, "a", "")


@pytest.mark.parametrize("name", ["bench-strangers", "bench-open"])
def test_the_page_has_the_markers(name, tmp_path):
    copy = tmp_path / "page.md"
    copy.write_text(PAGE.read_text("utf-8"), "utf-8")
    write_page(copy, name, "| new |")
    assert "| new |" in copy.read_text("utf-8")


def test_plain_and_swapped_stand_side_by_side_and_tuning_authors_apart(make):
    crowd = make.crowd("seats", truth="operator", review=2, answers={"unknown": 1, "operator": 2}, place=4)
    plain = make.world(), make.result(crowd, groups=[make.group("seats", truth="operator")], people=["p"])
    swapped = make.world(habits="swapped"), make.result(make.crowd("seats", truth="operator"))
    tuned = make.world(author="alder"), make.result(make.crowd("seats", truth="operator", author="alder"))
    text = tables([plain, swapped, tuned], "abc", "make bench-strangers")
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert text.startswith("`make bench-strangers` · 3 worlds · code `abc`\n")
    assert heads[0] == "## Bars"
    assert "## Bars (alder, for tuning)" in heads
    assert "## One crowd among ordinary people, swapped" in heads
    assert not [head for head in heads if "All honest" in head]
    bar = next(row for row in _rows(text) if row.startswith("| accounts of crowds with an operator"))
    assert bar.endswith("| none | 2 of 10 (seats) | not met | 0 of 10 | met |")
    row = next(row for row in _rows(text) if row.startswith("| seats | cedar"))
    assert row.endswith("| 10 | 0 | 2 | 0 | operator 2, unknown 1 | 4; first three in 0 of 1 |")
    assert "| operator | 0 | 0 | 1 | 0 |" in text


def test_bins_say_what_was_resampled_and_whether_the_mean_is_inside(make):
    groups = [make.group("harvest_a", p=0.97, inside=(0.92, 0.93), outside=())]
    text = tables([(make.world(), make.result(groups=groups))], "abc", "make bench-strangers")
    assert "| 0.95–0.99 | 1 | 1 | 1 | 0.970 | 1.000 | 0.025–1.000 | too few crowds |" in _rows(text)
    assert "| 0.9–0.95 | 2 | 1 | 1 | 1 | 0.925 | 1.000 | 0.025–1.000 | too few crowds |" in _rows(text)
    assert "1 groups. 0 of them" in text


def test_groups_that_are_not_true_are_named(make):
    groups = [
        make.group("shop", p=0.9, one_list=False, inside=(0.9,) * 3, outside=(0.9,)),
        make.group("shop", p=0.8, one_list=False, severity="watch"),
        make.group("harvest_a"),
    ]
    text = tables([(make.world(), make.result(groups=groups))], "abc", "make bench-strangers")
    assert "| shop | cedar | 2 | 1 | 8 | 0.850 | 0.875 |" in _rows(text)
    assert not [row for row in _rows(text) if row.startswith("| harvest_a | cedar | 1 |")]


def test_every_table_has_rows_of_one_width(make):
    results = make.result(make.crowd("seats"), groups=[make.group("seats"), make.group("harvest_a", p=0.3)])
    for text in (tables([(make.world(), results)], "abc", "make x"), open_tables([results], "abc", "make y")):
        for block in text.split("\n\n"):
            assert len({line.count("|") for line in block.splitlines() if line.startswith("|")}) <= 1


def test_open_worlds_count_by_world(make):
    clean = make.result(make.crowd("seats", watch=9))
    broken = make.result(make.crowd("seats", review=3), groups=[make.group("seats")])
    text = open_tables([clean] * 99 + [broken], "abc", "make bench-open WORLDS=100")
    assert "| 100 | 121,000 | 1 | 1% | 0.0253%–5.45% | ≤ 1% | met |" in _rows(text)
    assert "| seats | cedar | honest, unknown | 100 | 1 | 1,000 | 3 | 891 |" in _rows(text)
    assert "| not met |" in open_tables([clean] * 98 + [broken] * 2, "abc", "make bench-open")
