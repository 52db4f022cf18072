from datetime import UTC, datetime, timedelta

import pyarrow as pa

from stillwatch.report import timeline
from stillwatch.tables import TIMELINE

START = datetime(2026, 3, 1, tzinfo=UTC)


def table(*rows):
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 4
    return pa.table(
        [pa.array(list(c), type=f.type) for c, f in zip(columns, TIMELINE.schema, strict=True)],
        schema=TIMELINE.schema,
    )


def test_hours_that_nobody_used_are_zeros():
    line = timeline.lay(
        table(
            ("", START + timedelta(hours=1), 5, 1),
            ("c", START + timedelta(hours=4), 7, 2),
            ("", START + timedelta(hours=4), 2, 1),
        )
    )
    assert (line.unit, line.n_buckets, line.at(0)) == ("hour", 4, START + timedelta(hours=1))
    assert line.of("").tolist() == [5, 0, 0, 2]
    assert line.of("c").tolist() == [0, 0, 0, 7]
    assert line.of("unheard of").tolist() == [0, 0, 0, 0]


def test_days_stay_days():
    line = timeline.lay(table(*((("", START + timedelta(days=d), d, 1)) for d in range(5))))
    assert line.unit == "day"
    assert line.of("").tolist() == [0, 1, 2, 3, 4]


def test_the_order_of_rows_does_not_matter():
    rows = [("", START + timedelta(hours=h), h, 1) for h in range(1, 50)]
    assert timeline.lay(table(*rows)).of("").tolist() == timeline.lay(table(*rows[::-1])).of("").tolist()


def test_no_rows_are_no_line():
    assert timeline.lay(table()) is None


def test_a_long_span_is_coarsened_and_loses_nothing():
    rows = [("", START + timedelta(hours=h), 1, 1) for h in range(0, 24 * 365, 7)]
    line = timeline.lay(table(*rows))
    assert line.unit == "day"
    assert line.of("").sum() == len(rows)
    wild = timeline.lay(
        table(("", datetime(1970, 1, 1, 1, tzinfo=UTC), 1, 1), ("", datetime(9999, 12, 31, tzinfo=UTC), 2, 1))
    )
    assert wild.n_buckets <= 2_001
    assert wild.of("").sum() == 3
    assert 9990 < wild.at(wild.n_buckets - 1).year <= 9999
