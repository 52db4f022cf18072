import math
from datetime import UTC, datetime

import numpy as np
import pytest

from stillwatch.report import figures
from stillwatch.report.timeline import Timeline


def test_the_scale_is_logarithmic_and_holds_all_values():
    scale = figures.log_scale([0.01, 1.0, 100.0])
    places = [scale.place(v) for v in (0.01, 1.0, 100.0)]
    assert places[1] == pytest.approx((places[0] + places[2]) / 2, abs=0.01)
    assert (places[0], places[2]) == (3.0, 96.0)


def test_zero_sits_apart_on_the_left():
    scale = figures.log_scale([0.0, 0.5, 20.0])
    assert scale.place(0.0) < scale.place(0.1)
    assert [t.text for t in scale.ticks] == ["0", "0.1", "1", "10", "100"]


@pytest.mark.parametrize("values", [[], [math.nan], [0.0, 0.0], [1.0, 1.0], [1e-30, 1e30]])
def test_a_scale_of_odd_values_still_has_distinct_ticks(values):
    ticks = figures.log_scale(values).ticks
    assert 2 <= len(ticks) <= 6
    places = [t.at for t in ticks]
    assert places == sorted(set(places))


def test_a_panel_is_scaled_to_its_own_peak():
    panel = figures.panel(np.array([0, 5, 10], dtype=np.int64))
    assert (panel.peak, panel.total) == (10, 15)
    assert panel.line == "M166.7 100.0L500.0 52.0L833.3 4.0"
    assert panel.area.startswith(panel.line)
    assert figures.panel(np.zeros(0, dtype=np.int64)).line == ""
    assert figures.panel(np.zeros(2, dtype=np.int64)).peak == 0


def test_days_on_the_axis_are_named_once():
    start = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
    one_day = figures.time_ticks(Timeline(start, 3600, 24, {}))
    assert [t.text for t in one_day] == ["1 Mar"]
    month = figures.time_ticks(Timeline(start, 86_400, 30, {}))
    assert [t.text for t in month] == ["1 Mar", "8 Mar", "15 Mar", "22 Mar", "30 Mar"]
    assert [t.at for t in month] == sorted(t.at for t in month)


def test_families_differ_in_shape_and_not_only_in_colour():
    families = ("identity", "infrastructure", "client", "content", "tempo")
    assert len({figures.glyph(family, 0, 0, 5) for family in families}) == 5
