from typing import Any

import pytest

from stillwatch.ingest.formats.new_api import FORMAT

CALL, CACHED, FAILED = FORMAT.examples()


def test_a_call() -> None:
    row = FORMAT.row(CALL)
    assert (row["account_id"], row["model"], row["exchange_id"]) == (101, "large-1", "na-1")
    assert (row["input_tokens"], row["output_tokens"], row["stream"], row["status"]) == (12, 6, True, "ok")


@pytest.mark.parametrize("kind", [0, 1, 3, 4, 6, "1", 1.0])
def test_top_ups_and_other_entries_are_counted_apart(kind: Any, read: Any, log: Any) -> None:
    result = read(log(CALL, {**CACHED, "type": kind}))
    assert (len(result.rows), result.rejects) == (1, [])
    assert result.notices[0].startswith("1 records were not inferences and are not counted as rows: ")


def test_a_later_settlement_of_a_task_is_no_call(read: Any, log: Any) -> None:
    settled = {**CACHED, "prompt_tokens": 0, "other": '{"task_id": "t", "actual_quota": 5, "pre_consumed": 4}'}
    assert len(read(log(CALL, settled)).rows) == 1


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ('{"status_code": 429}', "throttled"),
        ('{"error_code": "content_filter"}', "refused"),
        ('{"status_code": 500}', "error"),
        ("", "error"),
        (None, "error"),
    ],
)
def test_failed_calls(other: Any, status: str) -> None:
    assert FORMAT.row({**FAILED, "other": other})["status"] == status


def test_a_failed_attempt_does_not_displace_the_call(read: Any, log: Any) -> None:
    result = read(log({**FAILED, "request_id": "na-1"}, CALL))
    assert len({row["exchange_id"] for row in result.rows}) == 2


def test_rows_as_csv(read: Any, tmp_path: Any) -> None:
    names = [name for name in CALL if name != "other"]
    lines = [",".join(names), *(",".join(str(record[name]) for name in names) for record in (CALL, FAILED))]
    (tmp_path / "logs.csv").write_text("\n".join(lines))
    rows = read(tmp_path / "logs.csv").rows
    assert [(row["account_id"], row["status"]) for row in rows] == [("101", "ok"), ("101", "error")]
