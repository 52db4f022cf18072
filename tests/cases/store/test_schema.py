from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Desk, Permission
from stillwatch.cases.store.schema import CaseMember, ImportedScan, Label
from stillwatch.errors import InputError
from stillwatch.tables.sql import SqlTable

MOMENTS = [
    datetime(2026, 3, 2, 8, 15, 30, 123_456, tzinfo=UTC),
    datetime(2026, 3, 2, 8, 15, 30, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2399, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
]


def label(**changes: Any) -> Label:
    whole = {"kind": "case", "subject": "1", "name": "n", "why": "w", "by": "ana", "at": MOMENTS[0]}
    return Label(**(whole | changes))


def put(desk: Desk, actor: Actor, *rows: Any) -> None:
    with desk.work(actor, Permission.JUDGE) as work:
        work.session.add_all(rows)
        work.record("label.add", "case/1")


def test_moments_come_back_the_same_and_in_utc(desk: Desk, analyst: Actor) -> None:
    put(desk, analyst, *(label(at=at, name=str(n), expires_at=at) for n, at in enumerate(MOMENTS)))
    with desk.look() as look:
        found = look.session.scalars(sa.select(Label).order_by(Label.label_id)).all()
        assert [row.at for row in found] == MOMENTS
        assert {row.at.utcoffset() for row in found} == {timedelta(0)}
        assert {row.withdrawn_at for row in found} == {None}
        late = look.session.scalars(sa.select(Label.name).where(Label.expires_at > MOMENTS[1])).all()
        assert late == ["3"]


def test_moments_without_a_zone_are_refused(desk: Desk, analyst: Actor) -> None:
    with pytest.raises(sa.exc.StatementError, match="a datetime without a time zone"):
        put(desk, analyst, label(at=datetime(2026, 3, 2)))  # noqa: DTZ001
    with desk.look() as look, pytest.raises(sa.exc.StatementError, match="a datetime without a time zone"):
        look.session.scalars(sa.select(Label).where(Label.at > datetime(2026, 3, 2)))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["a\0b", "half \ud800", "\udfff"])
def test_text_that_cannot_be_kept_is_refused_in_a_sentence_that_does_not_quote_it(
    desk: Desk, analyst: Actor, text: str
) -> None:
    with pytest.raises(InputError, match=r"cannot be stored\. Remove") as error:
        put(desk, analyst, label(why=text))
    assert error.value.exit_code == 3
    assert error.value.__cause__ is None
    with pytest.raises(InputError), desk.look() as look:
        look.session.scalars(sa.select(Label).where(Label.subject == text))


def test_text_comes_back_as_it_was_written(desk: Desk, analyst: Actor) -> None:
    texts = [
        "",
        " ",
        "'; DROP TABLE labels; --",
        "Zo\u00eb \u6728 \U0001f600",
        "\u202e\ufeff\x7f\x1b",
        "long " * 200_000,
    ]
    put(desk, analyst, *(label(why=text) for text in texts))
    with desk.look() as look:
        assert look.session.scalars(sa.select(Label.why).order_by(Label.label_id)).all() == texts


def test_numbers_bytes_and_tables_within_a_column_come_back(desk: Desk, analyst: Actor) -> None:
    summary = {"names": ["\u00eb", "\0", "\ud800"], "share": 0.1, "n": 2**60, "none": None}
    scan = ImportedScan(
        scan_id="s", number=1, name="n", taken_at=MOMENTS[0], n_accounts=2**40, n_exchanges=2**62, n_campaigns=3,
        summary=summary, background=bytes(range(256)),
    )  # fmt: skip
    put(desk, analyst, scan)
    with desk.look() as look:
        found = look.session.scalars(sa.select(ImportedScan)).one()
        assert (found.summary, found.background) == (summary, bytes(range(256)))
        assert (found.n_accounts, found.n_exchanges) == (2**40, 2**62)


def test_a_message_of_the_database_quotes_nothing_that_people_wrote(desk: Desk, analyst: Actor) -> None:
    row = {"case_id": 99, "account_id": "acct-s3cret", "reasons": []}
    with pytest.raises(Exception, match="failed") as error:
        put(desk, analyst, CaseMember(**row))
    assert "s3cret" not in repr(error.value)
    assert "acct" not in str(error.value)


def test_names_of_constraints_are_fixed_and_fit_postgresql() -> None:
    for table in SqlTable.metadata.tables.values():
        for thing in [*table.constraints, *table.indexes]:
            assert thing.name, f"{table.name}: {thing}"
            assert len(str(thing.name)) <= 63
