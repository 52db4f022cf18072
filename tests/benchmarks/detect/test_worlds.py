"""The worlds of the table: valid at any size, aimed apart, and as the bars say."""

from importlib.resources import files
from pathlib import Path

import pytest
from detect import worlds
from detect.options import Options
from detect.worlds import EIGHTS, FAMILIES, WORLDS

from stillwatch import lab
from stillwatch.lab.crowds.lookalikes import FAMILIES as LOOKALIKES
from stillwatch.lab.texts.grammar import DOMAINS
from stillwatch.lab.texts.text_source import PUBLIC_LISTS

EVERY = WORLDS | {w.__name__: w for w in (worlds.early, worlds.calm, worlds.crowds, worlds.field)}
HARVESTS = {Path(f.name).stem for f in files("stillwatch.lab.crowds.harvests").iterdir() if not f.name.startswith("_")}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("parts", [None, Path("parts")])
@pytest.mark.parametrize("scale", [0.02, 0.3, 1.0])
def test_a_world_of_any_size_is_valid_and_can_be_written_down(name: str, parts: Path | None, scale: float) -> None:
    spec = EVERY[name](Options(scale=scale, parts=parts))
    assert lab.WorldSpec.model_validate(spec.model_dump(mode="json")) == spec
    assert {look.family for look in spec.lookalikes} <= LOOKALIKES.keys()
    assert {c.family for c in spec.campaigns} <= HARVESTS


@pytest.mark.parametrize("name", EVERY)
def test_without_parts_every_aim_is_one_of_the_generator(name: str) -> None:
    spec = EVERY[name](Options())
    assert {c.capability for c in spec.campaigns} <= {*DOMAINS, *PUBLIC_LISTS, "broad"}
    assert {look.capability for look in spec.lookalikes} <= {*PUBLIC_LISTS, "broad"}


# where there is no text, all may ask the same
@pytest.mark.parametrize("name", sorted({*WORLDS, "early"} - {"no-text"}))
@pytest.mark.parametrize("parts", [None, Path("parts")])
def test_campaigns_of_one_world_are_aimed_apart(name: str, parts: Path | None) -> None:
    aims = [c.capability for c in EVERY[name](Options(parts=parts)).campaigns]
    assert len(aims) == len(set(aims))


def test_a_world_of_a_fiftieth_is_small_but_whole() -> None:
    spec = worlds.natural(Options(scale=0.02))
    assert spec.accounts == 500
    assert [c.accounts for c in spec.campaigns] == [30, 30, *[8] * len(EIGHTS)]
    assert spec.days == 45
    assert {look.family for look in spec.lookalikes} == set(LOOKALIKES)


def test_the_large_worlds_have_the_size_of_their_targets() -> None:
    for name, world in WORLDS.items():
        spec = world(Options())
        assert (name, spec.accounts, spec.days, spec.name) == (name, 20_000, 45, name)
        assert {look.family for look in spec.lookalikes} == set(LOOKALIKES)
    assert worlds.early(Options()).accounts == 20_000


def test_every_family_is_played() -> None:
    spec = worlds.families(Options())
    assert {c.family for c in spec.campaigns} == HARVESTS == {family for family, _, _ in FAMILIES}
    assert {(c.accounts, c.cover, bool(c.shared)) for c in spec.campaigns} == {(100, 0.0, False)}


def test_knobs_are_those_of_the_targets() -> None:
    hidden = {c.name: c for world in WORLDS.values() for c in world(Options()).campaigns}
    assert hidden["frame"].shared == {"payment": 0.3}
    assert (hidden["natural-1"].shared, hidden["natural-1"].cover, hidden["natural-26"].per_day) == ({}, 0.0, 26.0)
    covers = {name: hidden[name].cover for name in ("half-2", "half-8", "deep-2", "deep-8")}
    assert covers == {"half-2": 0.5, "half-8": 0.5, "deep-2": 0.8, "deep-8": 0.8}
    for i, family in enumerate(EIGHTS, start=1):
        assert (hidden[f"eight-{i}"].accounts, hidden[f"eight-{i}"].shared) == (8, {family: 1.0})
    sharing = [c for name, c in hidden.items() if name.startswith("half-shared-")]
    assert {(len(c.shared), *set(c.shared.values()), c.sharers) for c in sharing} == {(2, 0.5, "nested")}
    assert WORLDS["no-text"](Options()).texts == "none"


def test_a_tenth_of_the_contaminated_world_is_campaign() -> None:
    spec = worlds.contaminated(Options())
    campaign, honest = sum(c.accounts for c in spec.campaigns), sum(look.accounts for look in spec.lookalikes)
    assert campaign / (campaign + honest + spec.accounts) == pytest.approx(0.1, abs=0.001)
    assert spec.campaigns[: len(EIGHTS) + 2] == worlds.natural(Options()).campaigns


def test_public_lists_are_on_both_sides() -> None:
    for parts, lists in ((None, ("exam-a", "exam-b")), (Path("parts"), ("gsm8k", "t0-templates"))):
        spec = worlds.dual(Options(parts=parts))
        assert [(c.capability, c.accounts) for c in spec.campaigns] == [(name, 200) for name in lists]
        honest = {look.capability for look in spec.lookalikes if look.family == "evaluation"}
        assert honest == {*lists, "broad"}


def test_proxies_carry_both_campaigns_and_honest_customers() -> None:
    spec = worlds.proxies(Options())
    assert {c.proxies for c in spec.campaigns} == {1.0}
    assert [look.accounts for look in spec.lookalikes if look.family == "proxy_customers"] == [800]


def test_alarms_begin_inside_the_world() -> None:
    spec = worlds.early(Options(early_start=7))
    assert {(c.name, c.start_day, c.cover) for c in spec.campaigns} == {("natural", 7, 0.0), ("half", 7, 0.5)}


def test_small_worlds_have_no_campaign() -> None:
    assert worlds.calm(Options()).campaigns == worlds.calm(Options()).lookalikes == ()
    assert worlds.crowds(Options()).campaigns == worlds.field(Options()).campaigns == ()
    assert {look.family for look in worlds.crowds(Options()).lookalikes} == set(LOOKALIKES)
    assert worlds.calm(Options()).accounts == worlds.crowds(Options()).accounts == 2_000
