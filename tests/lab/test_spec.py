import json
from pathlib import Path

import pytest

from stillwatch.errors import SettingsError
from stillwatch.lab.crowds.lookalikes import FAMILIES
from stillwatch.lab.spec import PRESETS, CampaignSpec, every_lookalike, load_spec, preset


def test_presets_have_their_own_names() -> None:
    assert set(PRESETS) == {"demo", "real-parts", "calm", "lookalikes", "reporting"}
    assert not PRESETS["calm"].campaigns
    assert {like.family for like in PRESETS["reporting"].lookalikes} == set(FAMILIES)
    assert {like.family for like in every_lookalike()} == set(FAMILIES)
    assert (PRESETS["reporting"].accounts, PRESETS["reporting"].days) == (20_000, 45)
    # published figures depend on these twelve
    assert len(PRESETS["lookalikes"].lookalikes) == 12
    real = PRESETS["real-parts"]
    assert (real.accounts, real.days) >= (10_000, 30)
    assert (real.campaigns[0].accounts, real.campaigns[0].per_day) == (400, 26.0)
    assert sum(real.campaigns[0].shared.values()) == 0.25
    assert len(real.lookalikes) >= 4


def test_a_preset_can_be_changed() -> None:
    assert preset("demo", accounts=10).accounts == 10
    with pytest.raises(SettingsError, match="Choose one of"):
        preset("moon")
    with_one = preset("reporting", name="mine", campaigns=(CampaignSpec(accounts=8),))
    assert (with_one.name, with_one.campaigns[0].accounts) == ("mine", 8)


def test_knobs_have_limits() -> None:
    for changes in (
        {"accounts": 5},
        {"accounts": 25_000},
        {"per_day": 1},
        {"per_day": 200},
        {"cover": 0.9},
        {"shared": {"payment": 1.0, "device": 0.0}},
        {"paraphrase": 1.0},
        {"churn": 0.5},
        {"jitter": 2.0},
        {"model_move_hours": 24.0},
    ):
        CampaignSpec(**changes)


def test_only_a_wide_variety_is_in_the_card() -> None:
    assert "variety" not in preset("calm").model_dump(mode="json")
    wide = preset("calm", variety="wide")
    assert wide.model_dump()["variety"] == "wide"
    assert preset("calm", **{**wide.model_dump(), "accounts": 5}).variety == "wide"
    with pytest.raises(SettingsError, match="variety"):
        preset("calm", variety="huge")


def test_specifications_are_read_from_toml_and_json(tmp_path: Path) -> None:
    toml = tmp_path / "w.toml"
    toml.write_text('days = 3\naccounts = 5\n[[campaigns]]\nfamily = "fixed_frame"\nshared = {payment = 0.5}\n')
    assert load_spec(toml).campaigns == (CampaignSpec(family="fixed_frame", shared={"payment": 0.5}),)
    text = tmp_path / "w.json"
    text.write_text(json.dumps({"days": 3}))
    assert load_spec(text).days == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("days = 0", "days"),
        ("moons = 3", "moons"),
        ("[[campaigns]]\nshared = {shoe = 0.5}", "shoe"),
        ("[[campaigns]]\nshared = {payment = 1.5}", "between 0 and 1"),
        ("[[campaigns]]\n[[campaigns]]", "the same name"),
        ("days = 2\n[[campaigns]]\nstart_day = 2", "after the last day"),
        ("[kinds]\nwizard = 1.0", "wizard"),
        ("[[campaigns]]\nparaphrase = 1.5", "paraphrase"),
        ("[[campaigns]]\nchurn = 1.0", "churn"),
        ('texts = "sketch"', "texts"),
        ("days = ", "not readable"),
    ],
)
def test_problems_are_named(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "w.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=problem):
        load_spec(path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("acounts = 3\n", "unknown field acounts, did you mean accounts\\?"),
        ("[[campaigns]]\ncovr = 0.5\n", "unknown field campaigns.0.covr, did you mean cover\\?"),
        ("[[campaigns]]\nper_day = nan\n", "campaigns.0.per_day: "),
        ("days = 3\naccounts = = 5\n", "line 2"),
    ],
)
def test_a_wrong_specification_names_problem_and_place(tmp_path: Path, text: str, problem: str) -> None:
    toml = tmp_path / "w.toml"
    toml.write_text(text)
    with pytest.raises(SettingsError, match=problem):
        load_spec(toml)
