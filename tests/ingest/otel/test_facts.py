from typing import Any

import pytest

from stillwatch.ingest.otel.facts import SpanKind, callers, facts_of, kind_of, lists_of
from stillwatch.ingest.otel.vocabularies import GEN_AI, GENERAL
from stillwatch.ingest.otel.vocabulary import DETAILS, EVENT, NAME


def test_newest_name_counts() -> None:
    both = {"gen_ai.usage.prompt_tokens": 1, "gen_ai.usage.input_tokens": 2}
    assert facts_of(both, GEN_AI)["input_tokens"] == 2
    assert facts_of({"enduser.id": "", "user.id": "a"}, GENERAL)["account_id"] == "a"
    assert facts_of({}, GEN_AI) == {}


MODEL = {"gen_ai.request.model": "m"}


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"gen_ai.operation.name": "chat"}, SpanKind.INFERENCE),
        ({"gen_ai.operation.name": "responses"}, SpanKind.INFERENCE),
        ({"gen_ai.operation.name": "message"}, SpanKind.INFERENCE),
        ({"gen_ai.operation.name": "chat.completions"}, SpanKind.INFERENCE),
        ({"gen_ai.operation.name": "generate_content"}, SpanKind.INFERENCE),
        ({"gen_ai.operation.name": "acompletion"}, SpanKind.INFERENCE),
        ({"gen_ai.operation.name": "execute_tool", **MODEL}, SpanKind.OTHER),
        ({"gen_ai.operation.name": "invoke_agent", **MODEL, "gen_ai.usage.input_tokens": 3}, SpanKind.OTHER),
        ({"gen_ai.operation.name": "embeddings", **MODEL}, SpanKind.OTHER),
        ({"gen_ai.operation.name": "call_mcp_tool", **MODEL}, SpanKind.OTHER),
        ({"gen_ai.operation.name": "new_kind", **MODEL, "gen_ai.usage.input_tokens": 3}, SpanKind.INFERENCE),
        ({"gen_ai.operation.name": "new_kind"}, SpanKind.OTHER),
        ({**MODEL, "gen_ai.system": "x"}, SpanKind.INFERENCE),
        ({**MODEL, "db.system": "redis", "gen_ai.system": "x"}, SpanKind.OTHER),
        (MODEL, SpanKind.OTHER),  # a span that inherits the model from the baggage of LiteLLM
        ({**MODEL, "litellm.request.purpose": "autorouter", "gen_ai.operation.name": "chat"}, SpanKind.OTHER),
        ({"openinference.span.kind": "LLM"}, SpanKind.INFERENCE),
        ({"openinference.span.kind": "CHAIN"}, SpanKind.OTHER),
        ({"openinference.span.kind": "EMBEDDING", "llm.model_name": "m", "llm.token_count.prompt": 3}, SpanKind.OTHER),
        ({"ai.operationId": "ai.streamText.doStream"}, SpanKind.INFERENCE),
        ({"ai.operationId": "ai.toolCall"}, SpanKind.OTHER),
        ({"ai.operationId": "ai.embed.doEmbed", "ai.model.id": "m", "ai.usage.tokens": 3}, SpanKind.OTHER),
        ({"langfuse.observation.type": "generation"}, SpanKind.INFERENCE),
        ({"langfuse.observation.type": "tool"}, SpanKind.OTHER),
        ({"mlflow.spanType": '"CHAT_MODEL"'}, SpanKind.INFERENCE),
        ({"langsmith.span.kind": "llm"}, SpanKind.INFERENCE),
        ({"traceloop.span.kind": "task"}, SpanKind.OTHER),
        ({"agent_name": "a", "model_name": "m", "gen_ai.usage.input_tokens": 3}, SpanKind.OTHER),
        ({NAME: "claude_code.llm_request"}, SpanKind.INFERENCE),
        ({NAME: "claude_code.tool"}, SpanKind.OTHER),
        ({EVENT: "claude_code.api_request"}, SpanKind.INFERENCE),
        ({EVENT: "codex.api_request"}, SpanKind.OTHER),
        ({EVENT: DETAILS}, SpanKind.UNKNOWN),
        ({"acme.model": "m", "acme.usage.input_tokens": 3}, SpanKind.UNKNOWN),
        ({"acme.model.name": "m", "acme.tokens_used": 3}, SpanKind.OTHER),
        ({"llm.openai.model": "m", "llm.openai.max_tokens": 3}, SpanKind.OTHER),
        ({"http.route": "/v1"}, SpanKind.OTHER),
    ],
)
def test_what_a_span_or_log_record_is(attributes: dict[str, Any], kind: SpanKind) -> None:
    assert kind_of(attributes)[0] is kind


def test_lists_by_fact() -> None:
    attributes = {"llm.input_messages.0.message.role": "user", "gen_ai.tool.0.name": "run", "llm.other.0.x": 1}
    assert lists_of(attributes) == {"input": [{"message": {"role": "user"}}], "tools": [{"name": "run"}]}


@pytest.mark.parametrize(
    "attributes",
    [
        {"user_id": "acct-1"},
        {"metadata": '{"user_id": "acct-1"}'},
        {"ai.telemetry.metadata.userId": "acct-1"},
        {"traceloop.association.properties.user_id": "acct-1"},
        {"langsmith.metadata.customer_id": "acct-1"},
    ],
)
def test_who_asked_as_the_application_says_it(attributes: dict[str, Any]) -> None:
    assert callers(attributes) == {"account_id": "acct-1"}
