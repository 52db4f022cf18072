"""Drives one real instrumentation against a server on this machine, in the environment of requirements/exporters.txt.

    drive_python.py EMITTER URL FILE

An application's server span says who asked; the emitter writes its spans and log records inside of it. All of them go to
FILE as a Collector's file exporter writes them: OTLP JSON, one request per line. It prints the versions as JSON.
"""

import base64
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anthropic
import openai
from google.protobuf.json_format import MessageToDict
from openinference.instrumentation.anthropic import AnthropicInstrumentor as OpenInferenceAnthropic
from openinference.instrumentation.openai import OpenAIInstrumentor as OpenInferenceOpenAI
from opentelemetry import trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor as OfficialOpenAI
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

SYSTEM, QUESTION = "Be brief.", "What is a monoid?"
SCHEMA = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
_IDS = frozenset({"traceId", "spanId", "parentSpanId"})


class _File(SpanExporter, LogRecordExporter):
    def __init__(self, path: Path) -> None:
        self._path = path

    def export(self, batch: Sequence[Any]) -> Any:
        is_spans = hasattr(batch[0], "context")
        request = MessageToDict(encode_spans(batch) if is_spans else encode_logs(batch))
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(_hex_ids(request)) + "\n")
        return SpanExportResult.SUCCESS if is_spans else LogRecordExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is open."""

    def force_flush(self, timeout_millis: int = 0) -> bool:
        return True


def _hex_ids(value: Any, name: str = "") -> Any:
    """Write ids as OTLP JSON has them; the JSON of protobuf has base64."""
    if isinstance(value, dict):
        return {key: _hex_ids(entry, key) for key, entry in value.items()}
    if isinstance(value, list):
        return [_hex_ids(entry) for entry in value]
    return base64.b64decode(value).hex() if name in _IDS else value


def _openai_calls(url: str) -> list[Callable[[], object]]:
    client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    tool = {"type": "function", "function": {"name": "look_up", "description": "Look up.", "parameters": SCHEMA}}
    turns = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
    asked: dict[str, Any] = {"messages": turns, "tools": [tool], "max_tokens": 200, "temperature": 0.5}
    streamed = {"stream": True, "stream_options": {"include_usage": True}}
    return [
        lambda: client.chat.completions.create(model="large-1", **asked),
        lambda: list(client.chat.completions.create(model="large-1", **asked, **streamed)),
        lambda: client.chat.completions.create(model="large-busy", **asked),
    ]


def _responses_calls(url: str) -> list[Callable[[], object]]:
    client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    tool = {"type": "function", "name": "look_up", "description": "Look up.", "parameters": SCHEMA, "strict": False}
    asked: dict[str, Any] = {"instructions": SYSTEM, "input": QUESTION, "tools": [tool]}
    asked |= {"max_output_tokens": 200, "temperature": 0.5}
    return [
        lambda: client.responses.create(model="large-1", **asked),
        lambda: list(client.responses.create(model="large-1", stream=True, **asked)),
        lambda: client.responses.create(model="large-busy", **asked),
    ]


def _anthropic_calls(url: str) -> list[Callable[[], object]]:
    client = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)
    tool = {"name": "look_up", "description": "Look up.", "input_schema": SCHEMA}
    asked: dict[str, Any] = {"system": SYSTEM, "messages": [{"role": "user", "content": QUESTION}], "tools": [tool]}
    asked["max_tokens"] = 200
    return [
        lambda: client.messages.create(model="large-1", **asked),
        lambda: list(client.messages.create(model="large-1", stream=True, **asked)),
        lambda: client.messages.create(model="large-busy", **asked),
    ]


def _pydantic_ai_calls(url: str, provider: str, layout: int) -> list[Callable[[], object]]:
    Agent.instrument_all(InstrumentationSettings(version=layout))

    def agent(name: str) -> Agent:
        if provider == "openai":
            own = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
            model: Any = OpenAIChatModel(name, provider=OpenAIProvider(openai_client=own))
        else:
            theirs = anthropic.AsyncAnthropic(base_url=url, api_key="none", max_retries=0)
            model = AnthropicModel(name, provider=AnthropicProvider(anthropic_client=theirs))
        made = Agent(
            model,
            system_prompt=SYSTEM,
            model_settings={"max_tokens": 200, "temperature": 0.5} if provider == "openai" else {"max_tokens": 200},
        )
        made.tool_plain(look_up)
        return made

    def stream() -> object:
        run = agent("large-1").run_stream_sync(QUESTION)
        return list(run.stream_text())

    return [lambda: agent("large-1").run_sync(QUESTION), stream, lambda: agent("large-busy").run_sync(QUESTION)]


def look_up(word: str) -> str:
    """Look up."""
    return word


def _calls(emitter: str, url: str) -> list[Callable[[], object]]:
    if emitter.startswith("pydantic-ai"):
        _, _, provider, layout = emitter.split("-")
        return _pydantic_ai_calls(url, provider, int(layout))
    instrumentors: dict[str, Callable[[], Any]] = {
        "official-openai": OfficialOpenAI,
        "official-openai-events": OfficialOpenAI,
        "openllmetry-openai": OpenAIInstrumentor,
        "openllmetry-openai-responses": OpenAIInstrumentor,
        "openllmetry-anthropic": AnthropicInstrumentor,
        "openinference-openai": OpenInferenceOpenAI,
        "openinference-openai-responses": OpenInferenceOpenAI,
        "openinference-anthropic": OpenInferenceAnthropic,
    }
    instrumentors[emitter]().instrument()
    if emitter.endswith("-responses"):
        return _responses_calls(url)
    return _anthropic_calls(url) if emitter.endswith("-anthropic") else _openai_calls(url)


def main(emitter: str, url: str, path: Path) -> None:
    """Make the calls of *emitter*, each inside of a server span of an application, and write them to *path*."""
    if emitter == "official-openai-events":
        os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true"
    elif emitter.startswith("official"):
        os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
        os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_AND_EVENT"
        os.environ["OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT"] = "true"
    resource, file = Resource.create({"service.name": "shop"}), _File(path)
    traces, logs = TracerProvider(resource=resource), LoggerProvider(resource=resource)
    traces.add_span_processor(SimpleSpanProcessor(file))
    logs.add_log_record_processor(SimpleLogRecordProcessor(file))
    trace.set_tracer_provider(traces)
    set_logger_provider(logs)
    tracer = trace.get_tracer("shop")
    failures = []
    for number, call in enumerate(_calls(emitter, url)):
        who = {"enduser.id": f"acct-{number}", "client.address": "203.0.113.9", "user_agent.original": "shop/1.0"}
        with tracer.start_as_current_span("POST /ask", kind=trace.SpanKind.SERVER, attributes=who):
            try:
                call()
            except Exception as error:  # noqa: BLE001 - what the third call meets is part of what is written
                failures.append(f"{number} {type(error).__name__}: {error}"[:200])
    traces.shutdown()
    logs.shutdown()
    names = ("openai", "anthropic", "opentelemetry-sdk", "pydantic-ai-slim")
    print(json.dumps({"failures": failures, "versions": {name: version(name) for name in names}}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
