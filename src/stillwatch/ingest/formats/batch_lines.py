"""Reads lines of batch jobs of OpenAI, Anthropic, Amazon Bedrock and Vertex AI, with the account added to each line."""

from collections.abc import Sequence

from stillwatch.ingest.bodies.batch_lines import as_envelope
from stillwatch.ingest.parsing.envelopes import HINTS, read_envelope
from stillwatch.ingest.parsing.format import Format, Record, Row

__all__ = ["FORMAT"]


def recognise(record: Record) -> float:
    """Return 1 for a line of a batch job with its answer."""
    return float(as_envelope(record) is not None)


def row(record: Record) -> Row:
    """Return the row of one line. Each line is one request of a job, so ``batch`` is true."""
    return {**read_envelope(as_envelope(record) or record), "batch": True}


_ASKED = [{"role": "user", "content": "What is a monoid?"}]


def examples() -> Sequence[Record]:
    """Return a line of each API, and a line that failed."""
    added = {"account_id": "acct-7", "at": "2026-03-02T08:15:30Z", "client_ip": "203.0.113.9"}
    failed = {
        "recordId": "CALL0000055",
        "modelId": "large-1",
        "modelInput": {"messages": _ASKED, "max_tokens": 300},
        "error": {"errorCode": 400, "errorMessage": "bad request"},
    }
    return tuple({**added, **line} for line in (_openai(), _anthropic(), _bedrock(), _gemini(), failed))


def _openai() -> Record:
    return {
        "id": "batch_req_51",
        "custom_id": "request-1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "large-1", "messages": _ASKED, "n": 2, "seed": 7, "logprobs": True, "top_logprobs": 5},
        "response": {
            "status_code": 200,
            "request_id": "req-51",
            "body": {
                "id": "chatcmpl-51",
                "object": "chat.completion",
                "created": 1772439330,
                "model": "large-1",
                "choices": [{"message": {"role": "assistant", "content": "A set with…"}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 18, "completion_tokens": 40},
            },
        },
        "error": None,
    }


def _anthropic() -> Record:
    return {
        "custom_id": "request-2",
        "params": {"model": "large-1", "max_tokens": 300, "messages": _ASKED},
        "result": {
            "type": "succeeded",
            "message": {
                "id": "msg_52",
                "type": "message",
                "content": [{"type": "text", "text": "A set with…"}],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 18, "output_tokens": 40, "service_tier": "batch"},
            },
        },
    }


def _bedrock() -> Record:
    return {
        "recordId": "CALL0000053",
        "modelId": "large-1",
        "modelInput": {
            "messages": [{"role": "user", "content": [{"text": "What is a monoid?"}]}],
            "inferenceConfig": {"maxTokens": 300, "temperature": 0.5},
        },
        "modelOutput": {
            "output": {"message": {"role": "assistant", "content": [{"text": "A set with…"}]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 18, "outputTokens": 40},
        },
    }


def _gemini() -> Record:
    return {
        "status": "",
        "processed_time": "2026-03-02T08:15:30.250+00:00",
        "request": {
            "contents": [{"role": "user", "parts": [{"text": "What is a monoid?"}]}],
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "generationConfig": {"candidateCount": 3, "seed": 11, "responseLogprobs": True, "maxOutputTokens": 300},
        },
        "response": {
            "candidates": [{"content": {"role": "model", "parts": [{"text": "A set with…"}]}, "finishReason": "STOP"}],
            "modelVersion": "large-1",
            "responseId": "resp-54",
            "usageMetadata": {"promptTokenCount": 18, "candidatesTokenCount": 40},
        },
    }


FORMAT = Format(
    sentence="Lines of batch jobs (OpenAI, Anthropic, Amazon Bedrock, Vertex AI), with the account added.",
    recognise=recognise,
    row=row,
    examples=examples,
    hints=HINTS | {"model": "the request, the answer, modelId or model"},
)
