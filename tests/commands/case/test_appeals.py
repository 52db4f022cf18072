"""Commands of ``stillwatch.commands.case.appeals`` as a user types them."""

import pyarrow.parquet as pq

from stillwatch.tables import JUDGED


def listed(case, *arguments):
    return case("list", *arguments, by=None)["cases"]


def test_from_a_scan_to_an_appeal_that_is_partly_overturned(case, scan, tmp_path):
    assert case("open", scan)["opened"] == [1, 2]
    assert [c["case_id"] for c in listed(case)] == [1, 2]
    some = [f"acct_20c4d8_{n:05d}" for n in range(12)]
    names = tmp_path / "names.txt"
    names.write_text("\n".join(some))
    case("judge", 2, "confirmed", "--why", "One list.")
    assert case("judge", 2, "confirmed", "--why", "Each.", "--accounts", names)["stands_at"] == "confirmed"
    rehearsed = case("act", 2, "suspend", "--why", "Rehearse.")
    assert (rehearsed["state"], rehearsed["n_treated"]) == ("proposed", 12)
    case("approve", rehearsed["action"], "--why", "Yes.", by="lea")
    assert case("run", by=None)["carried_out"] == {"1": "rehearsed"}
    assert case("in-force", by=None) == []
    planned = case("act", 2, "throttle", "--why", "In earnest.", "--live", "--accounts", names)
    case("approve", planned["action"], "--why", "Yes.", by="lea")
    case("run", by=None)
    assert [x["account_id"] for x in case("in-force", by=None)] == some
    statement = tmp_path / "statement.txt"
    statement.write_text("We are a class.")
    appeal = case(
        "appeal", planned["action"], "--statement", statement, "--account", some[0], "--account", some[1], by="ben"
    )["appeal"]
    case("answer", appeal, "--overturn", some[0], "--uphold", some[1], "--why", "A pupil; not a pupil.", by="leo")
    assert [x["account_id"] for x in case("in-force", by=None)] == some[1:]
    assert case("undo", planned["action"], "--why", "Done.")["n_undone"] == 11
    given = case("labels", "--out", tmp_path / "labels.parquet", by=None)
    assert given["n_accounts"] == 12
    table = pq.read_table(tmp_path / "labels.parquet")
    assert table.schema.names == list(JUDGED.names)
    assert [r["account_id"] for r in table.to_pylist() if r["overturned"]] == some[:1]
    assert case("audit", "verify", by=None)["ok"] is True
