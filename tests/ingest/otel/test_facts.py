from typing import Any

import pytest

from stillwatch.ingest.otel.facts import Kind, callers, facts_of, kind_of, lists_of
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
        ({"gen_ai.operation.name": "chat"}, Kind.INFERENCE),
        ({"gen_ai.operation.name": "responses"}, Kind.INFERENCE),
        ({"gen_ai.operation.name": "message"}, Kind.INFERENCE),
        ({"gen_ai.operation.name": "chat.completions"}, Kind.INFERENCE),
        ({"gen_ai.operation.name": "generate_content"}, Kind.INFERENCE),
        ({"gen_ai.operation.name": "acompletion"}, Kind.INFERENCE),
        ({"gen_ai.operation.name": "execute_tool", **MODEL}, Kind.OTHER),
        ({"gen_ai.operation.name": "invoke_agent", **MODEL, "gen_ai.usage.input_tokens": 3}, Kind.OTHER),
        ({"gen_ai.operation.name": "embeddings", **MODEL}, Kind.OTHER),
        ({"gen_ai.operation.name": "call_mcp_tool", **MODEL}, Kind.OTHER),
        ({"gen_ai.operation.name": "new_kind", **MODEL, "gen_ai.usage.input_tokens": 3}, Kind.INFERENCE),
        ({"gen_ai.operation.name": "new_kind"}, Kind.OTHER),
        ({**MODEL, "gen_ai.system": "x"}, Kind.INFERENCE),
        ({**MODEL, "db.system": "redis", "gen_ai.system": "x"}, Kind.OTHER),
        (MODEL, Kind.OTHER),  # a span that inherits the model from the baggage of LiteLLM
        ({**MODEL, "litellm.request.purpose": "autorouter", "gen_ai.operation.name": "chat"}, Kind.OTHER),
        ({"openinference.span.kind": "LLM"}, Kind.INFERENCE),
        ({"openinference.span.kind": "CHAIN"}, Kind.OTHER),
        ({"openinference.span.kind": "EMBEDDING", "llm.model_name": "m", "llm.token_count.prompt": 3}, Kind.OTHER),
        ({"ai.operationId": "ai.streamText.doStream"}, Kind.INFERENCE),
        ({"ai.operationId": "ai.toolCall"}, Kind.OTHER),
        ({"ai.operationId": "ai.embed.doEmbed", "ai.model.id": "m", "ai.usage.tokens": 3}, Kind.OTHER),
        ({"langfuse.observation.type": "generation"}, Kind.INFERENCE),
        ({"langfuse.observation.type": "tool"}, Kind.OTHER),
        ({"mlflow.spanType": '"CHAT_MODEL"'}, Kind.INFERENCE),
        ({"langsmith.span.kind": "llm"}, Kind.INFERENCE),
        ({"traceloop.span.kind": "task"}, Kind.OTHER),
        ({"agent_name": "a", "model_name": "m", "gen_ai.usage.input_tokens": 3}, Kind.OTHER),
        ({NAME: "claude_code.llm_request"}, Kind.INFERENCE),
        ({NAME: "claude_code.tool"}, Kind.OTHER),
        ({EVENT: "claude_code.api_request"}, Kind.INFERENCE),
        ({EVENT: "codex.api_request"}, Kind.OTHER),
        ({EVENT: DETAILS}, Kind.UNKNOWN),
        ({"acme.model": "m", "acme.usage.input_tokens": 3}, Kind.UNKNOWN),
        ({"acme.model.name": "m", "acme.tokens_used": 3}, Kind.OTHER),
        ({"llm.openai.model": "m", "llm.openai.max_tokens": 3}, Kind.OTHER),
        ({"http.route": "/v1"}, Kind.OTHER),
    ],
)
def test_what_a_span_or_log_record_is(attributes: dict[str, Any], kind: Kind) -> None:
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
