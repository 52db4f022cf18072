"""The vocabularies of coding clients, which write log records of their own about each inference."""

from stillwatch.ingest.otel.vocabulary import EVENT, NAME, ToldText, Vocabulary

__all__ = ["CLIENTS"]

CLAUDE_CODE = Vocabulary(
    "Claude Code",
    {
        "model": ("model",),
        "input_tokens": ("input_tokens",),
        "output_tokens": ("output_tokens",),
        "response_id": ("request_id",),
        "turn": ("prompt.id",),
        "said_before": ("user_prompt",),
        "part": ("query_source", "query_source_safe"),
        "http_code": ("status_code",),
        "error": ("error_class",),
        "error_message": ("error",),
        "success": ("success",),
        "duration_ms": ("duration_ms",),
        "finish_reasons": ("stop_reason",),
    },
    kinds=(EVENT, NAME),
    inferences=frozenset({"claude_code.api_request", "claude_code.api_error", "claude_code.llm_request"}),
    complete=("claude_code.",),
    told={
        "claude_code.user_prompt": ToldText("prompt", "prompt", "turn"),
        "claude_code.assistant_response": ToldText("completion", "response", "response_id"),
        "claude_code.api_request_body": ToldText("request", "body", "turn"),
        "claude_code.api_response_body": ToldText("answer", "body", "response_id"),
        "claude_code.api_refusal": ToldText("refusal", "request_id", "response_id"),
    },
    alone=True,
)

GEMINI_CLI = Vocabulary(
    "Gemini CLI and Qwen Code",
    {
        "model": ("model", "model_name"),
        "input_tokens": ("input_token_count",),
        "output_tokens": ("output_token_count",),
        "output": ("response_text",),
        "finish_reasons": ("finish_reasons",),
        "turn": ("prompt_id",),
        "moment": ("event.timestamp",),
        "part": ("role",),
        "http_code": ("status_code",),
        "error": ("error_type",),
        "error_message": ("error",),
        "duration_ms": ("duration_ms",),
        "account_id": ("user.email", "installation.id"),
    },
    kinds=(EVENT,),
    inferences=frozenset(
        f"{client}.{event}" for client in ("gemini_cli", "qwen-code") for event in ("api_response", "api_error")
    ),
    complete=("gemini_cli.", "qwen-code."),
    told={
        f"{client}.{event}": said
        for client in ("gemini_cli", "qwen-code")
        for event, said in (
            ("user_prompt", ToldText("prompt", "prompt", "turn")),
            ("api_request", ToldText("request", "request_text", "turn")),
        )
    },
    alone=True,
)

CODEX = Vocabulary(
    "Codex CLI",
    {
        "model": ("model", "slug"),
        "input_tokens": ("input_token_count",),
        "output_tokens": ("output_token_count",),
        "response_id": ("response.id",),
        "conversation_id": ("conversation.id",),
        "account_id": ("user.account_id", "user.email"),
        "http_code": ("http.response.status_code",),
        "error_message": ("error.message",),
        "duration_ms": ("duration_ms",),
    },
    kinds=(EVENT,),
    inferences=frozenset({"codex.api_request", "codex.sse_event", "codex.websocket_event", "codex.websocket_request"}),
    complete=("codex.",),
    # An inference that succeeds is a request without counts, and an event at the end of its answer with counts.
    needs={
        "codex.api_request": ("error_message",),
        "codex.websocket_request": ("error_message",),
        "codex.sse_event": ("output_tokens", "error_message"),
        "codex.websocket_event": ("output_tokens",),
    },
    told={"codex.user_prompt": ToldText("prompt", "prompt", "conversation_id")},
    alone=True,
)

CLIENTS = (CLAUDE_CODE, GEMINI_CLI, CODEX)
