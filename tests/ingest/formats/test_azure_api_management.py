import random
from typing import Any

import pytest

from stillwatch.ingest.formats.azure_api_management import FORMAT

CALL, SILENT, LIMITED = FORMAT.examples()
COUNTS = {"CorrelationId": "c-1", "SequenceNumber": 0, "ModelName": "large-1", "DeploymentName": "large",
          "PromptTokens": 18, "CompletionTokens": 40, "TimeGenerated": "2026-03-02T08:15:31Z"}  # fmt: skip
ASKED = '[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is a monoid?"}]'
FIRST = {"CorrelationId": "c-1", "SequenceNumber": 1, "RequestMessages": ASKED[:30], "PromptTokens": 0}
SECOND = {"CorrelationId": "c-1", "SequenceNumber": 2, "RequestMessages": ASKED[30:], "PromptTokens": 0}
TOLD = {"CorrelationId": "c-1", "SequenceNumber": 3,
        "ResponseMessages": '[{"role": "assistant", "content": "A set with…"}]'}  # fmt: skip
GATEWAY = {"CorrelationId": "c-1", "ApimSubscriptionId": "acct-7", "CallerIpAddress": "203.0.113.9",
           "ResponseCode": 200, "Url": "https://gw.example/openai/deployments/large/chat/completions"}  # fmt: skip
OTHER = {"CorrelationId": "c-9", "ApimSubscriptionId": "acct-7", "CallerIpAddress": "203.0.113.9",
         "ResponseCode": 200, "Url": "https://gw.example/orders"}  # fmt: skip
PARTS = [COUNTS, FIRST, SECOND, TOLD, GATEWAY]


def test_rows_of_one_call_in_any_order_are_one_exchange(read: Any, log: Any) -> None:
    found = []
    for seed in range(5):
        rows = random.Random(seed).sample([*PARTS, OTHER], len(PARTS) + 1)
        result = read(log(*rows))
        assert result.rejects == []
        assert result.notices[0].startswith("5 records were not inferences and are not counted as rows: ")
        found.append({name: value for name, value in result.row.items() if name != "position"})
    row = found[0]
    assert all(other == row for other in found)
    assert (row["exchange_id"], row["account_id"], row["model"]) == ("c-1", "acct-7", "large-1")
    assert (row["system_prompt"], row["prompt"], row["completion"]) == ("Be brief.", "What is a monoid?", "A set with…")
    assert (row["input_tokens"], row["output_tokens"], row["status"]) == (18, 40, "ok")
    assert row["client_ip"] == "203.0.113.9"


def test_without_the_gateways_row_nobody_asked(read: Any, log: Any) -> None:
    result = read(log(COUNTS, FIRST, SECOND, TOLD))
    assert result.reasons == [
        "account_id is missing; expected in ApimSubscriptionId of ApiManagementGatewayLogs, in the same file"
    ]


def test_a_call_over_the_limit_stands_in_the_gateways_log_alone(read: Any, log: Any) -> None:
    row = read(log(CALL, {**GATEWAY, "CorrelationId": "c-2", "ResponseCode": 429, "TimeGenerated": 1772439330})).rows[1]
    assert (row["model"], row["status"]) == ("large", "throttled")


@pytest.mark.parametrize(
    "shape",
    [
        lambda record: {"time": "2026-03-02T08:15:31Z", "category": "GatewayLlmLogs",
                        "properties": {name[0].lower() + name[1:]: value for name, value in record.items()}},
        lambda record: {"ResourceProvider": "MICROSOFT.APIMANAGEMENT", "SubscriptionId": "the-operators",
                        **{name[0].lower() + name[1:] + "_s": value for name, value in record.items()}},
    ],
)  # fmt: skip
def test_rows_as_diagnostic_settings_write_them(shape: Any, read: Any, log: Any) -> None:
    row = read(log(*(shape(part) for part in PARTS))).row
    assert (row["account_id"], row["prompt"], row["output_tokens"]) == ("acct-7", "What is a monoid?", 40)


def test_a_row_exported_twice_counts_once(read: Any, log: Any) -> None:
    row = read(log(*PARTS, *PARTS)).row
    assert (row["prompt"], row["completion"]) == ("What is a monoid?", "A set with…")
