from typing import Any

import orjson
import pytest

from stillwatch.ingest.parsing.format import RowFault, Skip
from stillwatch.ingest.sources.wrappers.known import opened
from stillwatch.ingest.sources.wrappers.wrapper import Line

ROW = {"account_id": "a", "model": "m"}
TEXT = orjson.dumps(ROW).decode()

LINES: dict[str, tuple[Any, Line]] = {
    "Docker": ({"log": TEXT + "\n", "stream": "stderr", "time": "t"}, Line(TEXT + "\n", "stderr")),
    "Docker, cut": ({"log": TEXT, "stream": "stdout", "time": "t"}, Line(TEXT, "stdout", None)),
    "Docker, no JSON": ({"log": "up\n", "stream": "stdout", "time": "t"}, Line("up\n", "stdout")),
    "Fluent Bit": ({"date": 1, "log": TEXT, "stream": "stdout", "kubernetes": {}}, Line(TEXT, "stdout", None)),
    "Fluent Bit, part": ({"log": TEXT, "stream": "o", "logtag": "P", "time": "t"}, Line(TEXT, "o", ended=False)),
    "Fluent Bit, end": ({"log": "x}", "stream": "o", "logtag": "F", "time": "t"}, Line("x}", "o")),
    "Fluentd, part": ({"log": TEXT, "partial_message": "true", "time": "t"}, Line(TEXT, ended=False)),
    "Fluentd, end": ({"log": TEXT, "partial_message": "true", "partial_last": "true", "ts": 1}, Line(TEXT)),
    "Vector": ({"message": TEXT, "source_type": "file", "host": "h"}, Line(TEXT, ended=None)),
    "Loki": ({"labels": {}, "line": TEXT, "timestamp": "t"}, Line(TEXT, ended=None)),
    "CloudWatch": ({"timestamp": 1, "message": "no JSON", "ingestionTime": 2}, Line("no JSON")),
    "CloudWatch Insights": ({"@timestamp": "t", "@message": TEXT, "@ptr": "p"}, Line(TEXT)),
    "Google Cloud": ({"insertId": "i", "textPayload": TEXT, "timestamp": "t"}, Line(TEXT)),
    "Kafka": ({"topic": "t", "partition": 0, "payload": TEXT}, Line(TEXT)),
    "Splunk": ({"_raw": TEXT, "_time": "t"}, Line(TEXT)),
    "SQS": ({"MessageId": "m", "Body": TEXT}, Line(TEXT)),
    "SNS": ({"Type": "Notification", "MessageId": "m", "Message": TEXT}, Line(TEXT)),
    "journal": ({"__REALTIME_TIMESTAMP": "1", "MESSAGE": TEXT}, Line(TEXT)),
    "journal, bytes": ({"__REALTIME_TIMESTAMP": "1", "MESSAGE": list(TEXT.encode())}, Line(TEXT)),
    "Datadog, CSV": ({"Date": "t", "Host": "h", "Service": "s", "Message": TEXT}, Line(TEXT)),
    "Azure": ({"TimeGenerated": "t", "LogMessage": TEXT}, Line(TEXT)),
    "Datadog": ({"id": "1", "type": "log", "attributes": {"message": TEXT}}, Line(TEXT)),
}
RECORDS: dict[str, Any] = {
    "Fluent Bit, parsed": {"date": 1, "log": ROW, "kubernetes": {}},
    "Google Cloud": {"insertId": "i", "jsonPayload": ROW, "resource": {}},
    "Elasticsearch": {"_index": "i", "_id": "1", "_source": ROW},
    "Splunk's collector": {"time": 1, "host": "h", "event": ROW},
    "Splunk": {"preview": False, "offset": 0, "result": ROW},
    "EventBridge": {"detail-type": "x", "detail": ROW},
    "Debezium": {"before": None, "after": ROW, "op": "c"},
    "CloudEvents": {"specversion": "1.0", "data": ROW},
    "Azure": {"TimeGenerated": "t", "LogMessage": ROW},
    "Datadog": {"id": "1", "type": "log", "attributes": {"message": "", "attributes": ROW}},
    "Datadog archive": {"_id": "1", "date": "t", "attributes": ROW},
}


@pytest.mark.parametrize(("record", "line"), LINES.values(), ids=LINES)
def test_lines_come_out_of_what_stores_them(record: Any, line: Line) -> None:
    assert opened(record) == [line]


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_records_come_out_of_what_stores_them(record: Any) -> None:
    assert opened(record) == [ROW]


def test_a_stream_of_loki_holds_several_lines() -> None:
    assert opened({"stream": {"app": "x"}, "values": [["1", "a"], ["2", "b", {}]]}) == [Line("a"), Line("b")]


def test_control_messages_of_a_subscription_are_skipped() -> None:
    event = {"id": "", "timestamp": 1, "message": TEXT}
    about = {"owner": "o", "logGroup": "g", "logStream": "s", "subscriptionFilters": ["f"], "logEvents": [event]}
    assert opened({"messageType": "CONTROL_MESSAGE", **about}) == [Skip("control messages")]
    assert opened({"messageType": "DATA_MESSAGE", **about}) == [event]


@pytest.mark.parametrize(
    "record",
    [
        {"message": TEXT},
        {"message": "started", "level": "info", "timestamp": "t"},
        {"message": TEXT, "timestamp": "t", "account_id": "a", "host": "h"},
        {"log": {"file": "x"}, "time": "t"},
        {"event": "login", "user": "a"},
        {"payload": ROW, "at": 1},
        {"body": TEXT, "account_id": "a", "messageId": "m"},
        {"data": {"a": 1}, "at": 1},
        {"values": [1], "stream": True},
        {"attributes": {"a": 1}, "name": "n"},
    ],
)
def test_other_records_stay_as_they_are(record: Any) -> None:
    assert opened(record) is None


def test_a_line_that_the_journal_left_out_is_a_reject_with_what_to_do() -> None:
    (fault,) = opened({"__REALTIME_TIMESTAMP": "1", "_HOSTNAME": "h", "MESSAGE": None}) or ()
    assert isinstance(fault, RowFault)
    assert "journalctl --all" in fault.reason


@pytest.mark.parametrize("action", [{"index": {"_index": "i"}}, {"create": {"_index": "i", "_id": "1"}}])
def test_actions_of_a_bulk_request_are_skipped(action: Any) -> None:
    assert opened(action) == [Skip("actions of a bulk request")]
    assert opened({**action, "account_id": "a"}) is None


def test_an_item_of_dynamodb_has_plain_values() -> None:
    item = {
        "account_id": {"S": "a"},
        "n": {"N": "2"},
        "none": {"NULL": True},
        "request": {"M": {"messages": {"L": [{"M": {"role": {"S": "user"}}}]}, "stream": {"BOOL": False}}},
    }
    plain = {"account_id": "a", "n": "2", "none": None, "request": {"messages": [{"role": "user"}], "stream": False}}
    assert opened({"Item": item}) == [plain]
    assert opened({"Item": {"account_id": "a"}}) is None
