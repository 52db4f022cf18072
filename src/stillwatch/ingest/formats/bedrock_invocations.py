"""Reads Amazon Bedrock's model invocation logs, as CloudWatch Logs and Amazon S3 keep them."""

from collections.abc import Sequence

from stillwatch.ingest.bodies.exchange_bodies import read_bodies
from stillwatch.ingest.bodies.request_shapes import model_name
from stillwatch.ingest.parsing.caller_metadata import caller_facts
from stillwatch.ingest.parsing.format import Format, Record, Row
from stillwatch.ingest.parsing.values import first, mapping

__all__ = ["FORMAT"]


def recognise(record: Record) -> float:
    """Return 1 for a record of this schema, else the share of its own keys."""
    if record.get("schemaType") == "ModelInvocationLog":
        return 1.0
    own = ("modelId", "operation", "identity", "requestId", "accountId", "input")
    return 0.9 * sum(name in record for name in own) / len(own)


def row(record: Record) -> Row:
    """Read one invocation.

    A body of more than 100 kB is stored beside the log; it is missing here. A record without any output was never
    answered.
    """
    asked, told = mapping(record.get("input")), mapping(record.get("output"))
    found = read_bodies(first(asked.get("inputBodyJson"), asked.get("inputBody")), _answer(told))
    caller, identity = caller_facts(record.get("requestMetadata")), mapping(record.get("identity"))
    operation = record.get("operation")
    code = record.get("errorCode")
    denied = "permission" if isinstance(code, str) and code.startswith("AccessDenied") else None
    return {
        **found.row,
        **caller,
        "exchange_id": first(record.get("requestId")),
        "at": first(record.get("timestamp")),
        "account_id": first(caller["account_id"], identity.get("arn"), identity.get("principalId")),
        "model": first(model_name(record.get("modelId")), found.row["model"]),
        "input_tokens": first(asked.get("inputTokenCount"), found.row.get("input_tokens")),
        "output_tokens": first(told.get("outputTokenCount"), found.row.get("output_tokens")),
        "stream": operation.endswith("Stream") if isinstance(operation, str) else found.row["stream"],
        "status": found.status(code, code, denied, failed=first(code) is not None or not told),
    }


def _answer(told: Record) -> object:
    return first(told.get("outputBodyJson"), told.get("outputBody"), told.get("outputBodyText"))


def examples() -> Sequence[Record]:
    """Return a Converse call, streams of two APIs, a call whose bodies are in S3, and a throttled one."""

    def made(number: int, operation: str, model: str, asked: Record, told: Record, **more: object) -> Record:
        return {
            "schemaType": "ModelInvocationLog",
            "schemaVersion": "1.0",
            "timestamp": "2026-03-02T08:15:30Z",
            "accountId": "111122223333",
            "identity": {"arn": f"arn:aws:sts::111122223333:assumed-role/shop/caller-{number}"},
            "region": "eu-central-1",
            "requestId": f"br-{number}",
            "operation": operation,
            "modelId": model,
            "input": {"inputContentType": "application/json", **asked},
            "output": {"outputContentType": "application/json", **told} if told else {},
            **more,
        }

    question = {"messages": [{"role": "user", "content": [{"text": "What is a monoid?"}]}]}
    profile = "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.large-1-v1:0"
    converse = {
        **question,
        "system": [{"text": "Be brief."}],
        "inferenceConfig": {"maxTokens": 300, "temperature": 0.5},
        "toolConfig": {"tools": [{"toolSpec": {"name": "search", "inputSchema": {"json": {"type": "object"}}}}]},
    }
    answer = {
        "output": {"message": {"role": "assistant", "content": [{"text": "A set with…"}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 18, "outputTokens": 40},
    }
    events = [
        {"type": "message_start", "message": {"id": "msg_71", "usage": {"input_tokens": 9, "output_tokens": 1}}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "A set"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " with…"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}},
    ]
    messages = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 512, **question}
    template = "<|start_header_id|>user<|end_header_id|>\n\nPlan a test.<|eot_id|>"
    pieces = [{"generation": "First", "prompt_token_count": 4}, {"generation": "…", "generation_token_count": 2}]
    return (
        made(1, "Converse", profile, {"inputBodyJson": converse, "inputTokenCount": 18}, {"outputBodyJson": answer}),
        made(2, "InvokeModelWithResponseStream", "large-1-v1:0", {"inputBodyJson": messages, "inputTokenCount": 9},
             {"outputBodyJson": events, "outputTokenCount": 7}, requestMetadata={"userId": "user-2", "session": "c-2"}),
        made(3, "InvokeModelWithResponseStream", "small-1", {"inputBodyJson": {"prompt": template, "max_gen_len": 64}},
             {"outputBodyJson": pieces}),
        made(4, "InvokeModel", "large-1-v1:0", {"inputBodyS3Path": "s3://log/data/4_input.json.gz"},
             {"outputBodyS3Path": "s3://log/data/4_output.json.gz", "outputTokenCount": 900}),
        made(5, "Converse", profile, {"inputBodyJson": question}, {}, errorCode="ThrottlingException"),
    )  # fmt: skip


FORMAT = Format(
    sentence="Amazon Bedrock model invocation logs (InvokeModel, Converse and their streams), as JSON.",
    recognise=recognise,
    row=row,
    examples=examples,
    hints={"at": "timestamp", "model": "modelId", "account_id": "requestMetadata or identity.arn"},
)
