from typing import Any

import pytest

from stillwatch.ingest.otel.facts import ReportRole, callers, facts_of, lists_of, role_of
from stillwatch.ingest.otel.vocabularies import GEN_AI, GENERAL
from stillwatch.ingest.otel.vocabulary import DETAILS, EVENT, NAME


def test_newest_name_counts() -> None:
    both = {"gen_ai.usage.prompt_tokens": 1, "gen_ai.usage.input_tokens": 2}
    assert facts_of(both, GEN_AI)["input_tokens"] == 2
    assert facts_of({"enduser.id": "", "user.id": "a"}, GENERAL)["account_id"] == "a"
    assert facts_of({}, GEN_AI) == {}


MODEL = {"gen_ai.request.model": "m"}


@pytest.mark.parametrize(
    ("attributes", "role"),
    [
        ({"gen_ai.operation.name": "chat"}, ReportRole.INFERENCE),
        ({"gen_ai.operation.name": "responses"}, ReportRole.INFERENCE),
        ({"gen_ai.operation.name": "message"}, ReportRole.INFERENCE),
        ({"gen_ai.operation.name": "chat.completions"}, ReportRole.INFERENCE),
        ({"gen_ai.operation.name": "generate_content"}, ReportRole.INFERENCE),
        ({"gen_ai.operation.name": "acompletion"}, ReportRole.INFERENCE),
        ({"gen_ai.operation.name": "execute_tool", **MODEL}, ReportRole.CONTEXT),
        ({"gen_ai.operation.name": "invoke_agent", **MODEL, "gen_ai.usage.input_tokens": 3}, ReportRole.CONTEXT),
        ({"gen_ai.operation.name": "embeddings", **MODEL}, ReportRole.CONTEXT),
        ({"gen_ai.operation.name": "call_mcp_tool", **MODEL}, ReportRole.CONTEXT),
        ({"gen_ai.operation.name": "new_kind", **MODEL, "gen_ai.usage.input_tokens": 3}, ReportRole.INFERENCE),
        ({"gen_ai.operation.name": "new_kind"}, ReportRole.CONTEXT),
        ({**MODEL, "gen_ai.system": "x"}, ReportRole.INFERENCE),
        ({**MODEL, "db.system": "redis", "gen_ai.system": "x"}, ReportRole.CONTEXT),
        (MODEL, ReportRole.CONTEXT),  # a span that inherits the model from the baggage of LiteLLM
        ({**MODEL, "litellm.request.purpose": "autorouter", "gen_ai.operation.name": "chat"}, ReportRole.CONTEXT),
        ({"openinference.span.kind": "LLM"}, ReportRole.INFERENCE),
        ({"openinference.span.kind": "CHAIN"}, ReportRole.CONTEXT),
        (
            {"openinference.span.kind": "EMBEDDING", "llm.model_name": "m", "llm.token_count.prompt": 3},
            ReportRole.CONTEXT,
        ),
        ({"ai.operationId": "ai.streamText.doStream"}, ReportRole.INFERENCE),
        ({"ai.operationId": "ai.toolCall"}, ReportRole.CONTEXT),
        ({"ai.operationId": "ai.embed.doEmbed", "ai.model.id": "m", "ai.usage.tokens": 3}, ReportRole.CONTEXT),
        ({"langfuse.observation.type": "generation"}, ReportRole.INFERENCE),
        ({"langfuse.observation.type": "tool"}, ReportRole.CONTEXT),
        ({"mlflow.spanType": '"CHAT_MODEL"'}, ReportRole.INFERENCE),
        ({"langsmith.span.kind": "llm"}, ReportRole.INFERENCE),
        ({"traceloop.span.kind": "task"}, ReportRole.CONTEXT),
        ({"agent_name": "a", "model_name": "m", "gen_ai.usage.input_tokens": 3}, ReportRole.CONTEXT),
        ({NAME: "claude_code.llm_request"}, ReportRole.INFERENCE),
        ({NAME: "claude_code.tool"}, ReportRole.CONTEXT),
        ({EVENT: "claude_code.api_request"}, ReportRole.INFERENCE),
        ({EVENT: "codex.api_request"}, ReportRole.CONTEXT),
        ({EVENT: DETAILS}, ReportRole.UNKNOWN),
        ({"acme.model": "m", "acme.usage.input_tokens": 3}, ReportRole.UNKNOWN),
        ({"acme.model.name": "m", "acme.tokens_used": 3}, ReportRole.CONTEXT),
        ({"llm.openai.model": "m", "llm.openai.max_tokens": 3}, ReportRole.CONTEXT),
        ({"http.route": "/v1"}, ReportRole.CONTEXT),
    ],
)
def test_what_a_span_or_log_record_is(attributes: dict[str, Any], role: ReportRole) -> None:
    assert role_of(attributes)[0] is role


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


def test_an_empty_list_of_messages_is_no_text() -> None:
    written = {"gen_ai.output.messages": "[]", "gen_ai.completion": "First…", "gen_ai.system_instructions": " [] "}
    assert facts_of(written, GEN_AI) == {"output": "First…"}
    assert facts_of({"gen_ai.completion": "[]"}, GEN_AI) == {"output": "[]"}, "a model may answer so"
