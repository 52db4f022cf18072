"""Targets are read from the output of other benchmarks."""

from detect.figures import NOT_RUN, Target
from detect.parsed_tables import templates, windows


def test_templates_are_judged_on_all_prompts(make) -> None:
    assert templates(make.TEMPLATES) == Target(
        "templates of T0, held out",
        "pair-F1, all prompts",
        "0.801 (0.787 at 50, 0.547 at 12 prompts a template)",
        "",
        "≥ 0.70",
        "met",
        "precision 0.762, recall 0.844",
    )


def test_templates_fall_short_by_all_prompts_alone(make) -> None:
    worse = make.TEMPLATES.replace("0.801", "0.666").replace("0.787", "0.99")
    assert templates(worse).outcome == "short by 0.034"
    assert templates(worse.replace("0.666", "0.700")).outcome == "met"
    only = "\n".join(line for line in make.TEMPLATES.splitlines() if "| 50 |" not in line and "| 12 |" not in line)
    assert templates(only).measured == "0.801"


def test_windows_are_compared_with_mmd_of_the_same_run(make) -> None:
    found, cost, honest = windows(make.WINDOWS)
    assert (found.measured, found.outcome) == ("90% against 60%", "met")
    assert found.false_positives == "0.0% (0.0–4.6%) of 80 honest windows"
    assert (cost.measured, cost.outcome) == ("1/3,940", "met")
    assert (honest.measured, honest.interval, honest.outcome) == ("0%", "0.0–4.6%", "met")


def test_missed_window_targets_say_by_how_much(make) -> None:
    mean = "| mean of sources, not developed on | 5% | | 60.0% | 70.0% | 90.0% |"
    text = make.WINDOWS.replace(mean, mean.replace("90.0%", "63.5%")).replace("1/3,940", "1/250")
    text = text.replace("windows: 0.0% (0.0–4.6) of 80", "windows: 2.5% (0.7–8.7) of 80")
    assert [b.outcome for b in windows(text)] == [
        "short by 6.5 points",
        "short by a factor of 4",
        "short by 1.5 points",
    ]


def test_a_missing_figure_differs_from_a_benchmark_not_run(make) -> None:
    for text, measured, outcome in (("", NOT_RUN, NOT_RUN), ("| a |\n|---|\n| b |\n", "not in the output", "–")):
        rows = [*windows(text), templates(text)]
        assert len(rows) == 4
        assert {(b.measured, b.outcome) for b in rows} == {(measured, outcome)}
        assert all(b.required for b in rows)
