"""Reads the log of language models of Azure API Management (``ApiManagementGatewayLlmLog``), joined by its call.

One call is several rows with one ``CorrelationId``: request and answer in pieces of 32 kB, and the token counts.
The row of ``ApiManagementGatewayLogs`` with the same id holds the subscription, the address and the status.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stillwatch.ingest.bodies.exchange_bodies import read_bodies
from stillwatch.ingest.parsing.digests import digest
from stillwatch.ingest.parsing.envelopes import header_of
from stillwatch.ingest.parsing.format import Carrier, Format, Placed, Record, Row, Skip
from stillwatch.ingest.parsing.joined_units import joined_units
from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold, whole

__all__ = ["FORMAT"]

_TEXTS = ("requestmessages", "responsemessages")
_COUNTS = ("prompttokens", "completiontokens", "totaltokens")
_CALL = re.compile(
    r"/(chat/completions|completions|responses|embeddings|messages|converse|converse-stream|invoke)\b"
    r"|:(streamGenerateContent|generateContent|streamRawPredict|rawPredict)\b"
)
_TYPED = re.compile(r"( \[utc\]|_[sdgtb])$")
"""What the portal and ``AzureDiagnostics`` add to a column's name."""
_IN_URL = re.compile(r"/(?:deployments|models)/([^/?:]+)")


def recognise(record: Record) -> float:
    """Return 1 for a row of the log of models, 0.8 for one of the gateway's log, which belongs to the same calls."""
    flat = _flat(record)
    if "correlationid" not in flat:
        return 0.0
    if any(name in flat for name in (*_TEXTS, *_COUNTS)):
        return 1.0
    return 0.8 if "apimsubscriptionid" in flat or {"calleripaddress", "responsecode"} <= flat.keys() else 0.0


def _flat(record: Record) -> dict[str, Any]:
    """Return *record* with plain names, as a query, a diagnostic setting or ``AzureDiagnostics`` writes them."""
    found: dict[str, Any] = {}
    for name, value in (*record.items(), *mapping(record.get("properties")).items()):
        plain = _TYPED.sub("", str(name).lower())
        if first(found.get(plain)) is None:
            found[plain] = value
    return found


def _key(record: Record) -> str | None:
    found = first(_flat(record).get("correlationid"))
    return found if isinstance(found, str) else None


def _merge(records: Sequence[Record]) -> Record | Skip:
    """Return the rows of one call as one: pieces of text in order, and else the first value that is there.

    A request to another API, whose row only the gateway's log has, is no inference.
    """
    rows = sorted((_flat(record) for record in records), key=lambda flat: (_place(flat), digest(flat)))
    merged: dict[str, Any] = {}
    for flat in rows:
        merged.update({name: value for name, value in flat.items() if first(merged.get(name)) is None})
    for name in _COUNTS:
        counts = [flat.get(name) for flat in rows]
        merged[name] = first(*(count for count in counts if str(count) not in ("0", "0.0")), *counts)
    for name in _TEXTS:
        pieces = {(_place(flat), digest(flat[name])): flat[name] for flat in rows if first(flat.get(name)) is not None}
        merged[name] = _message(list(pieces.values()))
    merged.pop("properties", None)
    is_call = any(first(merged.get(name)) is not None for name in (*_TEXTS, *_COUNTS, "modelname", "deploymentname"))
    return merged if is_call or _CALL.search(_url(merged)) else Skip("requests to other APIs of the gateway")


def _place(flat: Mapping[str, Any]) -> int:
    try:
        return whole(first(flat.get("sequencenumber"), 0)) or 0
    except (ValueError, OverflowError):
        return 0


def _message(pieces: Sequence[Loose]) -> Loose:
    """Return the messages in *pieces*: lists one after the other, or one JSON text that was cut."""
    loaded = [unfold(piece) for piece in pieces]
    if all(isinstance(piece, list) for piece in loaded):
        return [message for piece in loaded for message in piece]
    if all(isinstance(piece, str) for piece in pieces):
        return unfold("".join(pieces))
    return loaded[0] if len(loaded) == 1 else None


def relate(units: Iterator[Placed]) -> Iterator[Placed]:
    """Yield one unit per call, made of all of its rows."""
    return joined_units(_key, _merge, units)


def _url(record: Record) -> str:
    return " ".join(part for part in (record.get("url"), record.get("backendurl")) if isinstance(part, str))


def row(record: Record) -> Row:
    """Read one call. Where only the gateway's log has it, the URL names the model."""
    asked, told = (record.get(name) for name in _TEXTS)
    found = read_bodies({"messages": asked} if isinstance(asked, list) else asked, told)
    named = _IN_URL.search(_url(record))
    answered = first(told, *(record.get(name) for name in _COUNTS if str(record.get(name)) not in ("0", "0.0")))
    code = first(record.get("responsecode"), record.get("backendresponsecode"))
    return {
        **found.row,
        "exchange_id": first(record.get("correlationid")),
        "at": first(record.get("timegenerated"), record.get("time")),
        "account_id": first(record.get("apimsubscriptionid"), record.get("userid"), _subscription(record)),
        "model": first(record.get("modelname"), record.get("deploymentname"), named and named[1], found.row["model"]),
        "input_tokens": first(record.get("prompttokens"), found.row.get("input_tokens")),
        "output_tokens": first(record.get("completiontokens"), found.row.get("output_tokens")),
        "stream": first(record.get("isstreamcompletion"), found.row["stream"]),
        "status": found.status(code, record.get("lasterrorreason"), failed=code is None and answered is None),
        "client_ip": first(record.get("calleripaddress")),
        "user_agent": header_of(mapping(record.get("requestheaders")), "user-agent"),
    }


def _subscription(record: Record) -> Loose:
    """Return what a query calls the subscription; in ``AzureDiagnostics`` it is that of Azure, which all rows share."""
    return None if "resourceprovider" in record else record.get("subscriptionid")


def examples() -> Sequence[Record]:
    """Return a call as a query joins it, one without text, and one over the limit."""
    call: dict[str, Any] = {
        "TimeGenerated": "2026-03-02T08:15:30.250Z",
        "CorrelationId": "apim-1",
        "SequenceNumber": 0,
        "ModelName": "large-1",
        "DeploymentName": "large",
        "PromptTokens": 18,
        "CompletionTokens": 40,
        "IsStreamCompletion": False,
        "RequestMessages": '[{"role": "user", "content": "What is a monoid?"}]',
        "ResponseMessages": '[{"role": "assistant", "content": "A set with…"}]',
        "ApimSubscriptionId": "acct-7",
        "CallerIpAddress": "203.0.113.9",
        "ResponseCode": 200,
        "Url": "https://gateway.example/openai/deployments/large/chat/completions",
    }
    silent = {**call, "CorrelationId": "apim-2", "RequestMessages": None, "ResponseMessages": None}
    nothing = dict.fromkeys(("ModelName", "DeploymentName", "PromptTokens", "CompletionTokens", "SequenceNumber"))
    limited = {**silent, **nothing, "CorrelationId": "apim-3", "ResponseCode": 429}
    return call, silent, limited


FORMAT = Format(
    sentence="Azure API Management: `ApiManagementGatewayLlmLog` with `ApiManagementGatewayLogs`; JSON, CSV, Parquet.",
    recognise=recognise,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.JSON, Carrier.CSV, Carrier.PARQUET}),
    hints={
        "exchange_id": "CorrelationId",
        "at": "TimeGenerated",
        "model": "ModelName; the rows of a CorrelationId must stand close together",
        "account_id": "ApimSubscriptionId of ApiManagementGatewayLogs, in the same file",
    },
    relate=relate,
)
