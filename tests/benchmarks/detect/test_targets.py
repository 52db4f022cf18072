"""Targets are met, missed by a stated amount, or not run; detections have false positives beside them."""

import pytest
from detect.figures import NOT_RUN, Target
from detect.pieces import SCANNED
from detect.targets import campaigns, targets

FALSE_POSITIVES = "honest accounts above `watch`", "honest windows called unusual", "cost per prompt, relative to MMD"
"""Figures that do not count detections."""


def one(found, what: str, world: str = "") -> Target:
    rows = [b for b in targets(found) if what in b.what and world in b.world]
    assert len(rows) == 1, [(b.world, b.what) for b in rows]
    return rows[0]


def test_what_was_not_run_says_so(make) -> None:
    rows = [*targets(make.nothing())]
    assert len(rows) == 42
    assert len({(b.world, b.what) for b in rows}) == 42
    assert {(b.measured, b.outcome, b.interval, b.false_positives) for b in rows} == {(NOT_RUN, NOT_RUN, "", "")}
    assert all(b.required for b in rows)


def test_every_target_finds_its_campaigns_in_its_world(found) -> None:
    # a target for a campaign that its world does not have would count nothing
    rows = [*targets(found)]
    assert len(rows) == 42
    assert {(b.world, b.what): b.outcome for b in rows if b.outcome != "met"} == {}


def test_every_detection_figure_has_false_positives(found) -> None:
    assert [(b.world, b.what) for b in targets(found) if not b.false_positives and b.what not in FALSE_POSITIVES] == []


@pytest.mark.parametrize("piece", [p for p in SCANNED if p != "families"])
def test_false_positives_are_those_of_the_same_scans(found, make, piece: str) -> None:
    before = [*targets(found)]
    changed = found | {piece: [r | {"honest": {"above": 700, "of": 20_000, "any": 701}} for r in found[piece]]}
    rows = [after for was, after in zip(before, targets(changed), strict=True) if was != after]
    assert rows
    for b in rows:
        assert b.false_positives.startswith("1,400 of 40,000 (") or (
            b.measured == "3.5% (1,400 of 40,000)" and not b.false_positives
        )


def test_accounts_of_all_seeds_count_together(found, make) -> None:
    found["cover"] = [
        make.scanned("cover", 11, rates={"half-8": 0.7}, honest=2),
        make.scanned("cover", 12, rates={"half-8": 0.2}),
    ]
    missed = one(found, "accounts", "aimed lists, 50% cover, 8 a day")
    # 70 and 20 of 100, of which 90 ask enough
    assert missed == Target(
        "aimed lists, 50% cover, 8 a day",
        "accounts with 30 exchanges or more",
        "50% (90 of 180)",
        "42.77%–57.23%",
        "≥ 90%",
        "short by 40 points",
        "2 of 40,000 (0.001371%–0.01823%)",
    )
    assert one(found, "accounts", "aimed lists, 50% cover, 2 a day").outcome == "met"
    assert one(found, "accounts", "aimed lists, 80% cover, 8 a day").outcome == "met"


def test_honest_accounts_above_watch_miss_by_how_much(found, make) -> None:
    found["natural"] = [make.scanned("natural", 11, honest=5)]
    missed = one(found, "honest accounts", "frame")
    assert (missed.measured, missed.outcome) == ("0.025% (5 of 20,000)", "short by 0.015 points")


def test_the_sharing_half_is_counted_for_its_target(found, make) -> None:
    found["no-text"] = [make.scanned("no-text", 11, rate=0.2)]
    missed = one(found, "accounts of that half")
    # three campaigns of 200, each with 40 found, of a hundred that share
    assert (missed.measured, missed.outcome) == ("40% (120 of 300)", "short by 55 points")


def test_campaigns_of_eight_are_counted_whole(found, make) -> None:
    found["natural"] = [make.scanned("natural", 11, rates={"eight-1": 0.4, "eight-2": 0.0})]
    missed = one(found, "campaigns found", "8 accounts")
    assert (missed.measured, missed.outcome) == ("66.67% (4 of 6)", "short by 13.3 points")


def test_a_name_is_a_name_and_a_beginning_ends_in_a_dash() -> None:
    result = {"campaigns": [{"name": n} for n in ("half-2", "half", "half-20", "deep-2")]}
    assert [c["name"] for c in campaigns([result], "half-2")] == ["half-2"]
    assert [c["name"] for c in campaigns([result, result], "half-")] == ["half-2", "half-20"] * 2
    assert len(campaigns([result])) == 4


def test_losses_are_taken_seed_by_seed(found, make) -> None:
    found["natural"] = [make.scanned("natural", s, rates={"frame": r}) for s, r in ((11, 1.0), (12, 0.5), (13, 0.0))]
    found["sketch-natural"] = [make.scanned("natural", s, rates={"frame": r}) for s, r in ((12, 0.48), (11, 0.94))]
    lost = one(found, "`frame`", "sketches")
    # 6 and 2 points; Student's t with one degree of freedom is 12.7062, and the error of the mean 2
    assert (lost.measured, lost.interval) == ("4 (75% → 71%)", "-21.4 to 29.4")
    assert (lost.required, lost.outcome) == ("≤ 2 points", "short by 2 points")
    found["sketch-natural"] = found["sketch-natural"][:1]
    lost = one(found, "`frame`", "sketches")
    assert (lost.measured, lost.interval, lost.outcome) == ("2 (50% → 48%)", "one seed", "met")
    assert lost.false_positives == "0 of 20,000 (0%–0.0192%)"


def test_a_loss_needs_something_to_lose_and_the_same_seed(found, make) -> None:
    found["natural"] = [make.scanned("natural", 11, rates={"frame": 0.0})]
    found["contaminated"] = [make.scanned("contaminated", 11)]
    lost = one(found, "`frame`", "10% of the reference")
    assert (lost.measured, lost.outcome) == ("-100 (0% → 100%)", "no recall to lose")
    found["contaminated"] = [make.scanned("contaminated", 12)]
    assert one(found, "`frame`", "10% of the reference").outcome == NOT_RUN


def test_the_first_alarm_is_that_of_the_worst_seed(found, make) -> None:
    found["early"] = [make.daily(11, natural=(3, 0.05, 4), half=(6, 0.31, 0)), make.daily(12, natural=(8, 0.125, 0))]
    days, gone, half = (b for b in targets(found) if b.world.startswith("first alarm"))
    assert (days.measured, days.interval, days.outcome) == (
        "8 days at worst",
        "3–8 days, mean 5.5",
        "short by 1 days",
    )
    assert (gone.measured, gone.outcome) == ("12.5% at worst", "short by 2.5%")
    assert (half.measured, half.outcome) == ("never in 1 of 2 seeds", "short: missing in 1 of 2 seeds")
    assert days.false_positives == gone.false_positives == "4 of 40,000 (0.003889%–0.02571%) on the day of the alarm"
    assert half.false_positives == "0 of 20,000 (0%–0.0192%) on the day of the alarm"


def test_campaigns_behind_proxies_are_kept_apart_and_customers_clear(found) -> None:
    first, second = found["proxies"]
    first["groups"][0] |= {"purity": 0.94}
    second["groups"].append({"mostly": "", "purity": 0.0})
    next(look for look in second["lookalikes"] if look["family"] == "proxy_customers")["suspected"] = 3
    mixed, _, customers = (b for b in targets(found) if b.world.startswith("two campaigns"))
    assert (mixed.measured, mixed.outcome) == ("25% (1 of 4)", "short by 25 points")
    assert (customers.measured, customers.outcome) == ("0.1875% (3 of 1,600)", "short by 0.188 points")


def test_a_small_world_counts_once_however_many_groups_it_has(found, make) -> None:
    found["calm"] = [make.small(100_000, above=4), make.small(100_010), make.small(100_020, n=5)]
    false = one(found, "worlds with a false campaign")
    assert (false.measured, false.outcome) == ("4% (1 of 25)", "short by 3 points")
    assert false.false_positives == "12 of 50,000 (0.01373%–0.04195%)"
    found["crowds"] = [make.small(100_000, above=1)]
    assert one(found, "worlds with a campaign").outcome == "short by 10 points"


def test_the_price_of_evasion(found, make) -> None:
    found["adapt"] = [make.played(11, 0.2), make.played(12, 0.6)]
    price = one(found, "stays unflagged")
    assert price.measured == "40%; 2.5 times the accounts; 20% of the whole harvest with it"
    # the error of the mean is 20 points, Student's t 12.7062
    assert (price.interval, price.outcome) == ("0%–294.1%", "short by 20 points")
    found["adapt"] = [make.played(11, 0.0), make.played(12, 0.0)]
    price = one(found, "stays unflagged")
    assert (price.measured, price.outcome) == ("nothing: no round stayed unflagged", "met")


def test_few_rounds_settle_a_price_only_where_it_is_missed(found, make) -> None:
    found["adapt"] = [make.played(11, 0.1, rounds=3)]
    assert one(found, "stays unflagged").outcome == "not settled by 3 rounds"
    found["adapt"] = [make.played(11, 0.5, rounds=3)]
    assert one(found, "stays unflagged").outcome == "short by 30 points"


def test_public_lists_on_both_sides(found, make) -> None:
    lists = make.scanned("dual", 11, rates={"exam-b dealt": 0.0})
    lists["lookalikes"][-1]["above"] = 1
    found["dual"] = [lists]
    honest, dealt = (b for b in targets(found) if b.world.startswith("public lists"))
    assert honest.measured.endswith("(1 of 9)")
    assert honest.outcome == "short by 11.1 points"
    assert (dealt.measured, dealt.outcome) == ("50% (1 of 2)", "short by 50 points")
