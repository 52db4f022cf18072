"""Log lines as collectors and clouds store them: Docker, Kubernetes, Fluent Bit, Loki, CloudWatch, and others."""

from collections.abc import Callable, Mapping
from typing import Any

from stillwatch.ingest.parsing.format import Record, RowFault, Skip
from stillwatch.ingest.sources.wrappers.wrapper import EXCHANGE_FIELDS, Inside, Line, Wrapper

__all__ = ["LINE_WRAPPERS"]

_DOCKER = frozenset(("log", "stream", "time", "attrs"))
_CLOUDWATCH = frozenset(
    ("id", "eventId", "timestamp", "ingestionTime", "message", "logStreamName", "logGroupName", "extractedFields")
)
_AROUND = (
    *("@timestamp", "_p", "agent", "container_name", "date", "host", "hostname", "ingestionTime", "kubernetes"),
    *("labels", "level", "logger", "logtag", "severity", "source", "source_type", "stream", "time", "timestamp", "ts"),
    *("Time", "Timestamp", "TimeGenerated"),
)
"""Fields that collectors put beside the line."""
_ELSEWHERE = {
    "jsonPayload": ("insertId", "logName", "timestamp", "resource"),
    "textPayload": ("insertId", "logName", "timestamp", "resource"),
    "_source": ("_index", "_id"),
    "_raw": (),
    "event": ("sourcetype", "host", "source", "index"),
    "payload": ("topic", "partition", "offset", "schema"),
    "detail": ("detail-type",),
    "Message": ("TopicArn", "MessageId", "Service", "Host"),
    "Body": ("MessageId", "ReceiptHandle"),
    "body": ("messageId", "receiptHandle"),
    "after": ("op",),
    "data": ("specversion",),
    "LogMessage": ("LogSource", "ContainerName", "TimeGenerated"),
    "LogEntry": ("LogEntrySource", "ContainerID", "TimeGenerated"),
    "@message": (),
}
"""Field with the record, and the fields of which one stands beside it. Without such fields the name is enough."""
_SENTENCES = {
    "jsonPayload": "an entry of Google Cloud Logging",
    "textPayload": "an entry of Google Cloud Logging with text",
    "_source": "a document of Elasticsearch or OpenSearch",
    "_raw": "an event of a Splunk export",
    "event": "an event of Splunk's HTTP collector",
    "payload": "a message of Kafka, as kcat and Kafka Connect write it",
    "detail": "an event of EventBridge",
    "Message": "a notification of SNS, or a row of Datadog's CSV",
    "Body": "a message of SQS",
    "body": "a message of SQS in a Lambda event",
    "after": "a change of a row, as Debezium writes it",
    "data": "a CloudEvent",
    "LogMessage": "a line in Azure's `ContainerLogV2`",
    "LogEntry": "a line in Azure's `ContainerLog`",
    "@message": "a row of CloudWatch Logs Insights",
}


def _docker(record: Record) -> Inside | None:
    """Open an entry of Docker's json-file driver, which cuts lines at 16 KiB; only the last part has a line break."""
    text = record["log"]
    if not isinstance(text, str) or "stream" not in record or not _DOCKER.issuperset(record):
        return None
    # A program between Docker and the file may have cut off the line breaks; then nothing says where a line ends.
    return [Line(text, str(record["stream"]), True if text.endswith("\n") else None)]


def _cloudwatch(record: Record) -> Inside | None:
    text = record["message"]
    is_event = "timestamp" in record and _CLOUDWATCH.issuperset(record)
    return [Line(text)] if is_event and isinstance(text, str) else None


def _subscription(record: Record) -> Inside | None:
    """Open what CloudWatch sends to a subscriber; its control messages hold no lines."""
    if record["messageType"] == "CONTROL_MESSAGE":
        return [Skip("control messages")]
    return None


def _loki(record: Record) -> Inside | None:
    """Open a stream of Loki: labels, and lists of a time and a line."""
    found = record["values"]
    if not isinstance(record.get("stream"), Mapping) or not isinstance(found, list):
        return None
    pairs = [pair for pair in found if isinstance(pair, list) and len(pair) > 1 and isinstance(pair[1], str)]
    return [Line(pair[1]) for pair in pairs] if len(pairs) == len(found) else None


def _stored(key: str) -> Callable[[Record], Inside | None]:
    """Return how a line in the field *key* is opened, beside what collectors add."""

    def opened(record: Record) -> Inside | None:
        found = record[key]
        if not EXCHANGE_FIELDS.isdisjoint(record) or not any(name in record for name in _AROUND):
            return None
        if isinstance(found, Mapping):
            # A collector that parses lines puts the fields of the line here.
            return None if EXCHANGE_FIELDS.isdisjoint(found) else [found]
        if not isinstance(found, str):
            return None
        is_json = found.lstrip()[:1] == "{"
        if not is_json and not ("stream" in record and ("kubernetes" in record or "logtag" in record)):
            return None
        return [Line(found, str(record.get("stream", "")), _ended(record, found))]

    return opened


def _ended(record: Record, text: str) -> bool | None:
    """Return whether a stored line ends here, as the fields of containerd, Docker and Fluentd say."""
    tag = record.get("logtag", record.get("_p"))
    if tag in ("F", "P"):
        return bool(tag == "F")
    if str(record.get("partial_message", "false")).lower() == "true":
        return str(record.get("partial_last", "false")).lower() == "true"
    return True if text.endswith("\n") else None


def _elsewhere(key: str, beside: tuple[str, ...]) -> Callable[[Record], Inside | None]:
    """Return how the record or line in the field *key* is opened, where a field of *beside* stands beside it."""

    def opened(record: Record) -> Inside | None:
        found: Any = record[key]
        if beside and not any(name in record for name in beside):
            return None
        if not EXCHANGE_FIELDS.isdisjoint(record) and key not in ("@message", "_raw", "_source"):
            return None
        if isinstance(found, Mapping):
            return [found]
        return [Line(found)] if isinstance(found, str) else None

    return opened


def _datadog(record: Record) -> Inside | None:
    """Open a log event of Datadog: the fields of a JSON line stand in ``attributes``, a text in ``message``."""
    found = record["attributes"]
    if not isinstance(found, Mapping) or not (record.get("type") == "log" or "_id" in record):
        return None
    inner = found.get("attributes", found if "_id" in record else None)
    if isinstance(inner, Mapping) and not EXCHANGE_FIELDS.isdisjoint(inner):
        return [inner]
    text = found.get("message", record.get("message"))
    return [Line(text)] if isinstance(text, str) else None


def _journal(record: Record) -> Inside | None:
    """Open a line of the systemd journal, which writes a line that is not plain text as a list of bytes."""
    if "__REALTIME_TIMESTAMP" not in record and "_HOSTNAME" not in record:
        return None
    found = record["MESSAGE"]
    if found is None:
        return [RowFault("the journal left out a long line; export it with `journalctl --all`")]
    if isinstance(found, list) and all(type(byte) is int and 0 <= byte < 256 for byte in found):
        return [Line(bytes(found).decode("utf-8", "surrogateescape"))]
    return [Line(found)] if isinstance(found, str) else None


def _bulk(kind: str) -> Callable[[Record], Inside | None]:
    """Return how the line is skipped that stands before a document in a bulk request to Elasticsearch."""

    def opened(record: Record) -> Inside | None:
        found = record[kind]
        is_action = len(record) == 1 and isinstance(found, Mapping) and {"_index", "_id"} & found.keys()
        return [Skip("actions of a bulk request")] if is_action else None

    return opened


def _dynamodb(record: Record) -> Inside | None:
    """Open an item of a DynamoDB export, whose values stand under the name of their type."""
    found = record["Item"]
    if len(record) > _BESIDE_ITEM or not isinstance(found, Mapping):
        return None
    is_typed = all(isinstance(value, Mapping) and _TYPES.issuperset(value) for value in found.values())
    return [{name: _plain(value) for name, value in found.items()}] if found and is_typed else None


def _plain(value: Any) -> Any:
    """Return a value of DynamoDB (``{"S": "text"}``, ``{"M": {...}}`` and so on) as plain JSON."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    kind, inner = next(iter(value.items()))
    if kind == "M" and isinstance(inner, Mapping):
        return {name: _plain(entry) for name, entry in inner.items()}
    if kind == "L" and isinstance(inner, list):
        return [_plain(entry) for entry in inner]
    return None if kind == "NULL" else inner


_TYPES = frozenset(("S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"))
_BESIDE_ITEM = 2
"""Most fields of a record with an item: the item, and what an incremental export writes beside it."""


LINE_WRAPPERS = (
    Wrapper("a line of the systemd journal, `journalctl -o json`", "MESSAGE", _journal),
    *(
        Wrapper("the action before a document in a bulk request to Elasticsearch", kind, _bulk(kind))
        for kind in ("index", "create")
    ),
    Wrapper("an item of a DynamoDB export", "Item", _dynamodb),
    Wrapper("a line in Docker's json-file", "log", _docker),
    Wrapper("an event of CloudWatch Logs", "message", _cloudwatch),
    Wrapper("a message of a CloudWatch subscription", "messageType", _subscription),
    Wrapper("a stream of Loki", "values", _loki),
    Wrapper("a log event of Datadog", "attributes", _datadog),
    *(Wrapper(_SENTENCES[key], key, _elsewhere(key, beside)) for key, beside in _ELSEWHERE.items()),
    *(Wrapper("a line as collectors store it", key, _stored(key)) for key in ("log", "message", "msg", "line", "Line")),
)
