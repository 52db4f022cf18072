"""The page is the same for the same results; figures have intervals, and detections have false positives beside them."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from detect.figures import Share
from detect.options import Options
from detect.page import page
from detect.pieces import SCANNED
from detect.sections import SECTIONS

from stillwatch.lab.crowds.lookalikes import FAMILIES as LOOKALIKES

OPTIONS = Options(seeds=(11, 12), calm=20, crowds=10)


def counts(n: int, of: int) -> str:
    """Return counts as the page shows them, with Wilson's interval."""
    low, high = Share(n, of).interval()
    return f"{n:,} of {of:,} ({100 * low:.4g}%–{100 * high:.4g}%)"


def tables(text: str, heading: str) -> list[dict[str, str]]:
    """Return the rows of the tables of one section by their headings."""
    part = text.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    rows: list[dict[str, str]] = []
    headings: list[str] = []
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            headings = []
        elif not headings:
            headings = cells
        elif set(line) != set("|-"):
            assert len(cells) == len(headings)
            rows.append(dict(zip(headings, cells, strict=True)))
    return rows


def test_one_set_of_results_makes_one_page(found: dict[str, Any]) -> None:
    first = page(found, OPTIONS)
    assert page(copy.deepcopy(found), OPTIONS) == first
    assert page(dict(reversed(json.loads(json.dumps(found)).items())), OPTIONS) == first
    found["natural"][0]["honest"]["above"] += 1
    assert page(found, OPTIONS) != first


def test_making_the_page_changes_no_result(found: dict[str, Any]) -> None:
    before = copy.deepcopy(found)
    page(found, OPTIONS)
    assert found == before


def test_every_section_says_when_nothing_was_run(make: Any) -> None:
    text = page(make.nothing(), OPTIONS)
    sections = text.split("\n## ")[1:]
    assert len(sections) == len(SECTIONS) + 1  # windows and templates are two headings of one
    assert [s.splitlines()[0] for s in sections[1:] if "not run" not in s.lower()] == []
    assert "| met |" not in text
    head = " ".join(text.split("\n## ")[0].split())
    assert "Not run or incomplete: `natural` 0 of 2, `busy` 0 of 2," in head
    assert "`calm` 0 of 2, `crowds` 0 of 1," in head
    assert "`windows` (needs real parts), `templates` (needs real parts)." in head


def test_the_page_names_missing_results_and_mixed_versions(found: dict[str, Any], tmp_path: Path) -> None:
    options = Options(seeds=(11, 12), calm=20, crowds=10, parts=tmp_path)
    found["peers-natural"] *= 2
    found["peers-cover"] *= 2
    assert "Not run" not in page(found, options)
    found["early"].pop()
    assert "Not run or incomplete: `early` 1 of 2.\n" in page(found, options)
    assert "different versions of the detector" not in page(found, options)
    found["calm"][0]["code"] = "bbbb"
    assert "**The results come from different versions of the detector.**" in page(found, options)


def test_the_command_has_the_options_that_decide_the_figures(make: Any) -> None:
    assert '\nmake bench-detect SEEDS="11 12 13 14 15"\n' in page(make.nothing(), Options(jobs=9))
    changed = Options(seeds=(3,), scale=0.02, rounds=2, parts=Path(__file__).parent)
    text = page(make.nothing(), changed)
    assert '\nmake bench-detect PARTS=folder SEEDS="3"   # with --scale 0.02 --rounds 2\n' in text
    assert str(Path(__file__).parent) not in text


def test_the_head_gives_the_sizes_of_the_worlds(make: Any) -> None:
    whole, trial = (
        " ".join(page(make.nothing(), o).split("\n## ")[0].split()) for o in (Options(), Options(scale=0.02))
    )
    assert "Each large world has 20,000 honest accounts over 45 days" in whole
    assert "A small world has 2,000 honest accounts over 30 days." in whole
    assert "The world of the simulated operator has 5,000 honest accounts over 45 days." in whole
    assert "trial" not in whole
    assert "Each large world has 500 honest accounts" in trial
    assert "A small world has 200 honest accounts over 30 days." in trial
    assert "The world of the simulated operator has 500 honest accounts over 45 days." in trial
    assert "**This is a trial at 0.02 of the full size." in trial


def test_every_campaign_stands_with_intervals_and_honest_accounts(found: dict[str, Any], make: Any) -> None:
    found["cover"] = [
        make.scanned("cover", 11, rates={"deep-2": 0.4}, honest=7),
        make.scanned("cover", 12, rates={"deep-2": 0.0}),
    ]
    text = page(found, OPTIONS)
    rows = tables(text, "By campaign")
    assert len(rows) == sum(len(found[piece][0]["campaigns"]) for piece in SCANNED)
    (row,) = [r for r in rows if (r["world"], r["campaign"]) == ("cover", "`deep-2`")]
    assert row == {
        "world": "cover",
        "campaign": "`deep-2`",
        "family": "natural_worklist",
        "found": counts(0, 2),
        "accounts above `watch`": counts(40, 200),
        "range over seeds": "0%–40%",
        "at any severity": counts(42, 200),
        "purity": "100%",
        "honest accounts above `watch`": counts(7, 40_000),
    }
    (honest,) = [r for r in tables(text, "Honest accounts") if r["world"] == "cover"]
    assert honest == {
        "world": "cover",
        "seeds": "2",
        "exchanges": "2,000,000",
        "above `watch`": row["honest accounts above `watch`"],
        "at any severity": counts(9, 40_000),
    }


def test_every_family_stands_with_intervals_and_honest_accounts(found: dict[str, Any], make: Any) -> None:
    found["families"] = [make.scanned("families", s, rates={"role_play": 0.3}, honest=s - 11) for s in (11, 12)]
    rows = {r["family"]: r for r in tables(page(found, OPTIONS), "By campaign family")}
    assert len(rows) == 10
    assert rows["`role_play`"] == {
        "family": "`role_play`",
        "campaigns found": counts(0, 2),
        "accounts above `watch`": counts(60, 200),
        "honest accounts above `watch`": counts(1, 40_000),
    }
    assert rows["`rationales`"]["accounts above `watch`"].startswith("200 of 200 (")


def test_every_look_alike_stands_with_intervals(found: dict[str, Any]) -> None:
    crowd = next(look for look in found["busy"][1]["lookalikes"] if look["family"] == "classroom")
    crowd["above"] = 5
    rows = {r["look-alike"]: r for r in tables(page(found, OPTIONS), "By look-alike")}
    assert rows.keys() == {f"`{family}`" for family in LOOKALIKES}
    row = rows["`classroom`"]
    assert row["crowds above `watch`, large"] == counts(1, 20)
    assert row["accounts, large"] == counts(5, 1_600)
    assert row["at any severity, large"] == counts(40, 1_600)
    assert row["crowds above `watch`, small"] == counts(0, 10)
    assert row["accounts, small"] == counts(0, 400)
    assert rows["`reseller`"]["accounts, small"] == "–"


def test_small_worlds_alarms_and_games(found: dict[str, Any], make: Any) -> None:
    found["calm"] = [make.small(100_000, above=2), make.small(100_010)]
    found["early"] = [make.daily(11, half=(5, 0.123, 4))]
    found["adapt"] = [make.played(11, 0.5), make.played(12, 0.0)]
    text = page(found, OPTIONS)
    calm, _ = tables(text, "Worlds without a campaign")
    assert calm["with a campaign above `watch`"] == counts(1, 20)
    assert calm["with any reported"] == counts(2, 20)
    assert calm["honest accounts above `watch`"] == counts(6, 40_000)
    missed, raised = tables(text, "First alarm")
    assert [*missed.values()] == ["11", "`natural`", "none", "–", "–", "–"]
    assert [*raised.values()] == ["11", "`half`", "5", "50%", "12.3%", counts(4, 20_000)]
    some, none = tables(text, "Price of evasion")
    assert [*some.values()] == ["11", "yes", "1 of 12", "80 accounts, 5.0 a day, 20% cover", "50%", "25%", "25%"]
    assert [*none.values()] == ["12", "yes", "0 of 12", "none", "0%", "0%", "0%"]


def test_membership_probabilities_stand_beside_what_was_true(found: dict[str, Any]) -> None:
    (row,) = tables(page(found, OPTIONS), "Membership")
    # 20 scans of large worlds, each with 4 members stated at 60%, of which 3 are true; sketches are the same worlds
    assert row == {"`p_member`": "0.5–0.7", "members": "80", "stated": "60%", "true": counts(60, 80)}


def test_peers_stand_beside_ours_of_the_same_seeds(found: dict[str, Any], make: Any) -> None:
    found["natural"] = [make.scanned("natural", 11, honest=3), make.scanned("natural", 12, rate=0.0)]
    shared, ours, *_ = tables(page(found, OPTIONS), "Peers")
    assert shared == {
        "detector": "shared attributes",
        "`natural-1`": counts(10, 100),
        "`eight`": counts(8, 16),
        "`frame`": "–",
        "honest accounts": counts(2, 400),
    }
    assert ours["detector"] == "**Stillwatch**"
    assert ours["`eight`"] == counts(48, 48)
    assert ours["honest accounts"] == counts(3, 20_000)


def test_the_output_of_other_benchmarks_is_on_the_page(found: dict[str, Any]) -> None:
    text = page(found, OPTIONS)
    assert [r["pair-F1"] for r in tables(text, "Templates")] == ["0.801", "0.526", "0.787", "0.547"]
    assert tables(text, "Windows")[0]["windows of"] == "honest"


def test_the_speed_of_scans_is_given_per_world(found: dict[str, Any]) -> None:
    del found["busy"][0]["cost"]["scan_seconds"]
    del found["cover"][0]["cost"]["scan_seconds"], found["cover"][1]["cost"]["scan_seconds"]
    rows = {r["piece"]: [*r.values()][1:] for r in tables(page(found, OPTIONS), "Cost")}
    # a million exchanges a world, in 111 and 112 seconds
    assert rows["`natural`"] == ["2", "111.5 (111–112)", "8,969", "311.5 (311–312)", "3.5"]
    assert rows["`busy`"] == ["2", "112", "8,929", "311.5 (311–312)", "3.5"]
    assert rows["`cover`"] == ["2", "–", "–", "311.5 (311–312)", "3.5"]
    # ten small worlds of 100,000 exchanges a task
    assert rows["`calm`"] == ["2", "5 (5–5)", "20,000", "90 (90–90)", "0.7"]
    assert rows["`early`"][1:3] == ["–", "–"]


@pytest.mark.parametrize("piece", ["windows", "templates"])
def test_a_benchmark_that_was_not_run_names_its_command(found: dict[str, Any], piece: str) -> None:
    found[piece] = []
    assert f"Not run. `make bench-{piece} PARTS=folder` runs this part alone." in page(found, OPTIONS)
