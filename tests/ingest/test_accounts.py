from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import ingest
from stillwatch.errors import InputError
from stillwatch.settings import IngestSettings
from stillwatch.tables import ATTRIBUTES


@pytest.fixture
def melt(tmp_path: Path) -> Any:
    def melting(
        source: Any, notices: list[str] | None = None, logged: set[str] | None = None, **settings: Any
    ) -> tuple[list[tuple[str, str, str]], list[dict[str, Any]], pa.Table]:
        with ingest.Rejects(tmp_path / "rejects.parquet") as rejects:
            named = None if source is None else str(source)
            table = ingest.attributes(
                named, settings=IngestSettings(**settings), rejects=rejects, notices=notices, logged=logged
            ).read_all()
        assert table.schema.equals(ATTRIBUTES.schema)
        facts = [(r["account_id"], r["name"], r["value"]) for r in table.to_pylist()]
        return facts, pq.read_table(tmp_path / "rejects.parquet").to_pylist(), table

    return melting


def test_no_source_gives_no_facts(melt: Any) -> None:
    assert melt(None)[0] == []


def test_csv_with_an_unknown_column(melt: Any, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(
        "account_id,created_at,email,payment_fingerprint,telegram\n"
        "a1,2026-01-05,Jo@Example.ORG,card-1,@jo\n"
        "a2,2026-01-06T10:00:00+02:00,,card-1,\n"
    )
    facts, rejects, table = melt(path)
    assert rejects == []
    assert set(facts) == {
        ("a1", "created_at", "2026-01-05T00:00:00Z"),
        ("a1", "email", "Jo@Example.ORG"),
        ("a1", "email_domain", "example.org"),
        ("a1", "payment_fingerprint", "card-1"),
        ("a1", "telegram", "@jo"),
        ("a2", "created_at", "2026-01-06T08:00:00Z"),
        ("a2", "payment_fingerprint", "card-1"),
    }
    firsts = {r["account_id"]: r["first_at"] for r in table.to_pylist()}
    assert firsts == {"a1": datetime(2026, 1, 5, tzinfo=UTC), "a2": datetime(2026, 1, 6, 8, tzinfo=UTC)}
    assert table.column("last_at").null_count == table.num_rows


def test_broken_rows_are_rejects_without_content(melt: Any, log: Any) -> None:
    path = log(
        {"account_id": "a1", "device_fingerprint": ["d1", "d2", None], "seats": 3, "vip": True, "score": 2.0},
        {"email": "secret@example.org"},
        {"account_id": "a3", "created_at": "secret"},
        {"account_id": "a4", "details": {"secret": 1}},
        {"account_id": ""},
        b"{broken secret",
        b"7",
        {"account_id": 12, "plan": "pro"},
    )
    notices: list[str] = []
    facts, rejects, _ = melt(path, notices)
    assert facts == [
        ("a1", "device_fingerprint", "d1"),
        ("a1", "device_fingerprint", "d2"),
        ("a1", "seats", "3"),
        ("a1", "vip", "true"),
        ("a1", "score", "2"),
        ("12", "plan", "pro"),
    ]
    assert [r["position"] for r in rejects] == [2, 5, 6, 7]
    assert "account_id is missing" in rejects[0]["reason"]
    assert len(notices) == 2
    assert "created_at cannot be read as a time" in notices[0]
    assert not any("secret" in told for told in [*notices, *(r["reason"] for r in rejects)])


def test_parquet_with_times_and_nulls(melt: Any, tmp_path: Path) -> None:
    table = pa.table(
        {
            "account_id": ["a1", "a2", None],
            "created_at": pa.array([datetime(2026, 1, 5), None, None], pa.timestamp("ns")),  # noqa: DTZ001
            "closed_at": pa.array([None, datetime(2026, 2, 1, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
            "email": ["x@mail.example", None, "y@mail.example"],
            "email_domain": ["Given.Example", None, None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    facts, rejects, _ = melt(tmp_path / "a.parquet")
    assert ("a1", "email_domain", "given.example") in facts
    assert ("a2", "closed_at", "2026-02-01T00:00:00Z") in facts
    assert ("a1", "created_at", "2026-01-05T00:00:00Z") in facts
    assert [r["position"] for r in rejects] == [3]


def test_a_key_hashes_persons_and_leaves_the_rest(melt: Any, log: Any) -> None:
    path = log({"account_id": "a1", "email": "jo@example.org", "plan": "pro", "payment_fingerprint": "card"})
    facts, _, _ = melt(path, identifier_key="a key of the test")
    found = {name: value for _, name, value in facts}
    assert found["plan"] == "pro"
    assert found["email_domain"] == "example.org"
    assert found["email"] != "jo@example.org"
    assert found["payment_fingerprint"] != "card"
    assert facts[0][0] != "a1"


def test_hashed_accounts_meet_those_of_the_log(melt: Any, read: Any, log: Any, exchange: Any) -> None:
    rows = read(log(exchange(account_id="a1", organization_id="o1")), identifier_key="a key of the test").rows
    facts, _, _ = melt(
        log({"account_id": "a1", "organization_id": "o1"}, name="accounts.jsonl"), identifier_key="a key of the test"
    )
    assert facts == [(rows[0]["account_id"], "organization_id", rows[0]["organization_id"])]


def test_object_storage(melt: Any) -> None:
    fsspec.filesystem("memory").pipe("/kept/accounts.csv", b"account_id,plan\na1,pro\n")
    assert melt("memory://kept/accounts.csv")[0] == [("a1", "plan", "pro")]


@pytest.mark.parametrize("content", [b"user,plan\na,b\n", b"PAR1 broken"])
def test_a_source_that_is_no_accounts_file_is_an_error(melt: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "accounts"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        melt(path)
    assert error.value.where == str(path)


def test_an_empty_file_has_no_facts_and_a_missing_one_is_an_error(melt: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    assert melt(tmp_path / "empty.csv")[0] == []
    with pytest.raises(InputError):
        melt(tmp_path / "nowhere.csv")
    with pytest.raises(InputError):
        melt("postgresql://reader:pw@host/db")


def test_verification_has_a_date_and_a_purpose_is_text(melt: Any, log: Any) -> None:
    path = log(
        {
            "account_id": "a1",
            "verification": "business",
            "verified_at": "2026-02-01T09:30:00+01:00",
            "declared_purpose": " Summaries of court files, for our own lawyers. ",
        },
        {"account_id": "a2", "verified_at": 1772439330, "declared_purpose": None},
        {"account_id": "a3", "verified_at": "secret"},
        {"account_id": "a4", "verified_at": "1999-12-31"},
        {"account_id": "a5", "declared_purpose": {"secret": "nested"}},
        {"account_id": "a6", "declared_purpose": ["evaluation", "tutoring"]},
    )
    notices: list[str] = []
    facts, rejects, _ = melt(path, notices)
    assert facts == [
        ("a1", "verification", "business"),
        ("a1", "verified_at", "2026-02-01T08:30:00Z"),
        ("a1", "declared_purpose", "Summaries of court files, for our own lawyers."),
        ("a2", "verified_at", "2026-03-02T08:15:30Z"),
        ("a6", "declared_purpose", "evaluation"),
        ("a6", "declared_purpose", "tutoring"),
    ]
    assert rejects == []
    assert ["declared_purpose" in notices[0], "2 values of verified_at" in notices[1]] == [True, True]
    assert not any("secret" in notice for notice in notices)


def test_times_of_verification_in_parquet_and_csv(melt: Any, tmp_path: Path) -> None:
    moments = pa.array([datetime(2026, 2, 1, tzinfo=UTC), None], pa.timestamp("ms", "Europe/Berlin"))
    pq.write_table(pa.table({"account_id": ["a1", "a2"], "verified_at": moments}), tmp_path / "a.parquet")
    assert melt(tmp_path / "a.parquet")[0] == [("a1", "verified_at", "2026-02-01T00:00:00Z")]
    (tmp_path / "a.csv").write_text('account_id,verified_at,declared_purpose\na1,2026-02-01,"teaching, free"\na2,,\n')
    assert melt(tmp_path / "a.csv")[0] == [
        ("a1", "verified_at", "2026-02-01T00:00:00Z"),
        ("a1", "declared_purpose", "teaching, free"),
    ]


def test_a_key_hashes_the_purpose_and_leaves_the_date(melt: Any, log: Any) -> None:
    path = log({"account_id": "a1", "verified_at": "2026-02-01", "declared_purpose": "tutoring by Jo"})
    found = {name: value for _, name, value in melt(path, identifier_key="a key of the test")[0]}
    assert found["verified_at"] == "2026-02-01T00:00:00Z"
    assert "Jo" not in found["declared_purpose"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_a_spreadsheet_writes(melt: Any, tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [("account_id", " email "), ("a1", "jo@example.org"), ("", ""), ("a2", "")]
    path = tmp_path / "accounts.csv"
    path.write_bytes("".join(delimiter.join(row) + "\r\n" for row in rows).encode(encoding))
    facts, rejects, _ = melt(path)
    assert facts == [("a1", "email", "jo@example.org"), ("a1", "email_domain", "example.org")]
    assert rejects == []


def test_accounts_in_a_page_of_an_api(melt: Any, tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    path.write_text('{"data": [{"account_id": "a1", "plan": "free"}, {"account_id": "a2"}], "total": 2}')
    assert melt(path)[:2] == ([("a1", "plan", "free")], [])
    path.write_text('{"data": [], "total": 0}')
    assert melt(path)[:2] == ([], [])


def test_null_ties_no_strangers(melt: Any, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(
        "account_id,created_at,payment_fingerprint,closed_at\n"
        "a1,2026-01-05,NULL,NULL\n"
        'a2,"Feb 1, 2026",null,\\N\n'
        "a3,Feb 1, 2026,N/A,2026-03-01\n"
    )
    facts, rejects, _ = melt(path)
    assert rejects == []
    assert facts == [
        ("a1", "created_at", "2026-01-05T00:00:00Z"),
        ("a2", "created_at", "2026-02-01T00:00:00Z"),
        ("a3", "created_at", "2026-02-01T00:00:00Z"),
        ("a3", "closed_at", "2026-03-01T00:00:00Z"),
    ]


def test_accounts_of_the_log_alone(melt: Any, log: Any) -> None:
    path = log(*({"account_id": f"a{n}", "plan": "pro"} for n in range(50)))
    notices: list[str] = []
    assert melt(path, notices, {"a7"})[0] == [("a7", "plan", "pro")]
    assert notices == []


def test_names_in_capital_letters(melt: Any, tmp_path: Path) -> None:
    row = {"ACCOUNT_ID": "a1", "PLAN": "free"}
    (path := tmp_path / "accounts.csv").write_text("ACCOUNT_ID,PLAN\na1,free\n")
    pq.write_table(pa.Table.from_pylist([row]), other := tmp_path / "accounts.parquet")
    assert melt(path)[:2] == melt(other)[:2] == ([("a1", "plan", "free")], [])
