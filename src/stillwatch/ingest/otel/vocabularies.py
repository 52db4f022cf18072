"""The names that instrumentations give to the facts of an inference: one table per vocabulary.

To add a vocabulary, add a table here, put it into ``VOCABULARIES``, and add an example to ``examples``.
"""

from stillwatch.ingest.otel.clients import CLIENTS
from stillwatch.ingest.otel.vocabulary import Vocabulary

__all__ = ["GENERAL", "GEN_AI", "VOCABULARIES"]

GENERAL = Vocabulary(
    "general semantic conventions",
    {
        "account_id": (
            "enduser.id",
            "user.account_uuid",
            "user.account_id",
            "user.id",
            "langfuse.user.id",
            "enduser.pseudo.id",
            "account.id",
            "customer.id",
            "usr.id",
            "app.user.id",
        ),
        "organization_id": ("organization.id", "tenant.id"),
        "conversation_id": ("gen_ai.conversation.id", "session.id"),
        "forwarded": ("http.request.header.x-forwarded-for", "http.request.header.x_forwarded_for"),
        "client_ip": ("client.address", "http.client_ip"),
        "peer": ("network.peer.address", "net.sock.peer.addr", "net.peer.ip"),
        "user_agent": ("user_agent.original", "http.user_agent"),
        "http_code": ("http.response.status_code", "http.status_code"),
        "error": ("error.type", "exception.type", "error"),
        "error_message": ("error.message", "exception.message", "otel.status_description"),
        "state": ("otel.status_code",),
    },
)

GEN_AI = Vocabulary(
    "OpenTelemetry GenAI semantic conventions and OpenLLMetry",
    {
        "model": ("gen_ai.request.model", "gen_ai.response.model", "llm.request.model"),
        "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
        "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        "max_tokens": ("gen_ai.request.max_tokens",),
        "temperature": ("gen_ai.request.temperature",),
        "n_samples": ("gen_ai.request.choice.count",),
        "seed": ("gen_ai.request.seed", "gen_ai.openai.request.seed"),
        "stream": ("gen_ai.request.stream", "gen_ai.is_streaming", "llm.is_streaming"),
        "finish_reasons": (
            "gen_ai.response.finish_reasons",
            "gen_ai.response.finish_reason",
            "llm.response.stop_reason",
        ),
        "input": ("gen_ai.input.messages", "gen_ai.prompt"),
        "output": ("gen_ai.output.messages", "gen_ai.completion"),
        "system": ("gen_ai.system_instructions",),
        "tools": ("gen_ai.tool.definitions", "gen_ai.request.tools"),
        "response_id": ("gen_ai.response.id",),
        "account_id": (
            "gen_ai.user.id",
            "gen_ai.request.safety_identifier",
            "safety_identifier",
            "gen_ai.request.user",
            "gen_ai.user",
            "llm.user",
            "metadata.user_id",
        ),
    },
    kinds=("gen_ai.operation.name", "llm.request.type"),
    inferences=frozenset(
        {
            *("chat", "chat.completions", "chat_completion", "chat_completions", "chat_stream"),
            *("text_completion", "text.completions", "completion", "completions", "completion_with_retries"),
            *("generate_content", "generate_content_stream", "responses", "response", "message", "messages"),
            # LiteLLM writes the type of the call.
            *("acompletion", "atext_completion", "aresponses", "anthropic_messages", "agenerate_content"),
            *("agenerate_content_stream", "acompletion_with_retries"),
        }
    ),
    others=frozenset(
        {
            *("execute_tool", "invoke_agent", "create_agent", "invoke_workflow", "execute_task", "plan", "retrieval"),
            *("embeddings", "embedding", "aembedding", "rerank", "arerank", "moderation", "amoderation"),
            *("call_mcp_tool", "list_mcp_tools", "search", "asearch", "vector_store_search", "avector_store_search"),
            *("litellm.vector_store_management", "litellm.vector_store_file_management", "litellm.moderation"),
            *("litellm.responses_management", "create_thread", "create_message", "list_messages", "agent", "tool"),
        }
    ),
    lists={
        "input": ("gen_ai.prompt",),
        "output": ("gen_ai.completion",),
        "tools": ("llm.request.functions",),
    },
)

OPENLLMETRY = Vocabulary(
    "OpenLLMetry (Traceloop) workflows",
    {},
    kinds=("traceloop.span.kind",),
    complete=("",),
    metadata=("traceloop.association.properties.",),
)

LITELLM = Vocabulary(
    "LiteLLM",
    {
        "account_id": (
            "metadata.user_api_key_user_id",
            "litellm.metadata.user_api_key_user_id",
            "metadata.user_api_key_hash",
            "litellm.api_key.hash",
            "litellm.metadata.user_api_key_hash",
            "metadata.user_api_key_end_user_id",
            "litellm.end_user.id",
            "litellm.metadata.user_api_key_end_user_id",
            "metadata.user_api_key_alias",
            "litellm.metadata.user_api_key_alias",
        ),
        "end_user": (
            "metadata.user_api_key_end_user_id",
            "litellm.end_user.id",
            "litellm.metadata.user_api_key_end_user_id",
        ),
        "organization_id": (
            "metadata.user_api_key_org_id",
            "litellm.metadata.user_api_key_org_id",
            "metadata.user_api_key_team_id",
            "litellm.team.id",
        ),
        "client_ip": ("metadata.requester_ip_address", "litellm.metadata.requester_ip_address"),
        "user_agent": ("metadata.user_agent", "litellm.metadata.user_agent"),
        "caller_headers": ("metadata.requester_custom_headers",),
        "stream": ("litellm.request.streaming",),
        "http_code": ("error.code", "litellm.provider.error.code"),
    },
    kinds=("litellm.request.purpose",),  # a call that LiteLLM made for itself
    complete=("",),
    lists={"tools": ("gen_ai.tool",)},
)

OPENINFERENCE = Vocabulary(
    "OpenInference (Arize Phoenix)",
    {
        "model": ("llm.request.model_name", "llm.model_name", "llm.response.model_name"),
        "input_tokens": ("llm.token_count.prompt",),
        "output_tokens": ("llm.token_count.completion",),
        "finish_reasons": ("llm.finish_reason",),
        "parameters": ("llm.invocation_parameters",),
        "request": ("input.value",),
        "answer": ("output.value",),
    },
    kinds=("openinference.span.kind",),
    inferences=frozenset({"llm"}),
    complete=("",),
    lists={
        "input": ("llm.input_messages", "llm.prompts"),
        "output": ("llm.output_messages", "llm.choices"),
        "tools": ("llm.tools",),
    },
    metadata=("metadata",),
)

VERCEL = Vocabulary(
    "Vercel AI SDK",
    {
        "model": ("ai.model.id", "ai.response.model"),
        "input_tokens": ("ai.usage.inputTokens", "ai.usage.promptTokens"),
        "output_tokens": ("ai.usage.outputTokens", "ai.usage.completionTokens"),
        "max_tokens": ("ai.settings.maxOutputTokens", "ai.settings.maxTokens"),
        "temperature": ("ai.settings.temperature",),
        "seed": ("ai.settings.seed",),
        "finish_reasons": ("ai.response.finishReason", "ai.finishReason"),
        "input": ("ai.prompt.messages", "ai.prompt"),
        "output": ("ai.response.text", "ai.response.object", "ai.result.text", "ai.result.object"),
        "tools": ("ai.prompt.tools",),
        "response_id": ("ai.response.id",),
    },
    kinds=("ai.operationId",),
    inferences=frozenset(
        {
            # Each span of the first line is around one or more spans of the second or third; see `relations`.
            *("ai.generatetext", "ai.streamtext", "ai.generateobject", "ai.streamobject"),
            *("ai.generatetext.dogenerate", "ai.generateobject.dogenerate"),
            *("ai.streamtext.dostream", "ai.streamobject.dostream"),
        }
    ),
    complete=("",),
    metadata=("ai.telemetry.metadata.",),
)

PYDANTIC_AI = Vocabulary(
    "pydantic-ai and Logfire",
    {
        "events": ("events",),
        "tools_within": ("model_request_parameters",),
        "said_before": ("all_messages_events", "pydantic_ai.all_messages"),
    },
    kinds=("agent_name",),  # the run of an agent, around its inferences
    complete=("",),
)

LANGFUSE = Vocabulary(
    "Langfuse SDK",
    {
        "model": ("langfuse.observation.model.name",),
        "parameters": ("langfuse.observation.model.parameters",),
        "usage": ("langfuse.observation.usage_details",),
        "input": ("langfuse.observation.input",),
        "output": ("langfuse.observation.output",),
        "level": ("langfuse.observation.level",),
        "error_message": ("langfuse.observation.status_message",),
        "account_id": ("langfuse.trace.user_id",),
        "conversation_id": ("langfuse.session.id",),
    },
    kinds=("langfuse.observation.type",),
    inferences=frozenset({"generation"}),
    complete=("",),
    metadata=("langfuse.trace.metadata.", "langfuse.observation.metadata.", "langfuse.trace.metadata"),
)

MLFLOW = Vocabulary(
    "MLflow",
    {
        "model": ("mlflow.llm.model", "mlflow.chat.model"),
        "usage": ("mlflow.chat.tokenUsage",),
        "request": ("mlflow.spanInputs",),
        "answer": ("mlflow.spanOutputs",),
        "tools": ("mlflow.chat.tools",),
        "account_id": ("mlflow.trace.user",),
        "conversation_id": ("mlflow.trace.session",),
    },
    kinds=("mlflow.spanType",),
    inferences=frozenset({"llm", "chat_model"}),
    complete=("",),
)

LANGSMITH = Vocabulary(
    "LangSmith",
    {"conversation_id": ("langsmith.trace.session_id",)},
    kinds=("langsmith.span.kind",),
    inferences=frozenset({"llm"}),
    complete=("",),
    metadata=("langsmith.metadata.",),
)

VOCABULARIES: tuple[Vocabulary, ...] = (
    *CLIENTS,
    GENERAL,
    LITELLM,
    VERCEL,
    LANGFUSE,
    OPENLLMETRY,
    GEN_AI,
    OPENINFERENCE,
    MLFLOW,
    LANGSMITH,
    PYDANTIC_AI,
)
"""Every vocabulary. The first one that has a fact counts, and the first one that knows what a span is."""
