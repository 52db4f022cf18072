"""Rewrites request bodies of Gemini, Cohere and the model families of Amazon Bedrock in the names of ``messages``."""

from collections.abc import Mapping
from typing import Any

from stillwatch.ingest.bodies.prompt_templates import templated_turns
from stillwatch.ingest.parsing.values import Loose, first, mapping

__all__ = ["known_request", "model_name"]

_CONFIGURATIONS = (
    "config",
    "generationConfig",
    "generation_config",
    "inferenceConfig",
    "parameters",
    "textGenerationConfig",
)
"""Where APIs keep sampling parameters beside the messages."""
_LIMITS = ("maxTokenCount", "max_gen_len", "max_new_tokens")
"""Limits of output tokens under names that ``messages`` does not read: Titan, Llama, Nova and Hugging Face."""
_PROMPTS = ("prompt", "inputText", "message", "inputs", "query")
"""Texts that are a whole prompt: completions, Titan, Cohere's chat, Hugging Face, rerankers."""
_DECLARATIONS = ("functionDeclarations", "function_declarations")


def known_request(body: Loose) -> Mapping[str, Any]:
    """Return a request body (an object or its JSON text) with its messages, parameters and tools under known names.

    A body of the OpenAI or Anthropic API is returned with the same content. Empty where *body* is no object.
    """
    asked = mapping(body)
    inner: dict[str, Any] = {}
    for name in _CONFIGURATIONS:
        inner.update(mapping(asked.get(name)))
    found = {**inner, **asked}
    limit = first(*(found.get(name) for name in _LIMITS))
    rewritten: dict[str, Any] = {
        "messages": _messages(found),
        "system": _system(found),
        "max_tokens": first(found.get("max_tokens"), limit),
        "tools": _tools(found),
    }
    return {**found, **{name: value for name, value in rewritten.items() if value is not None}}


def model_name(name: Loose) -> Loose:
    """Return the model in a resource name or ARN (``…/models/large-1``), and any other value unchanged."""
    if not isinstance(name, str) or not ("models/" in name or name.startswith("arn:")):
        return name
    return name.rpartition("/")[2] or name


def _messages(asked: Mapping[str, Any]) -> Loose:
    if asked.get("messages") is not None:
        return asked["messages"]
    if asked.get("contents") is not None:
        return _contents(asked["contents"])
    prompt = next((asked[name] for name in _PROMPTS if isinstance(asked.get(name), str)), None)
    if prompt is not None:
        return first(templated_turns(prompt), [{"role": "user", "content": prompt}])
    texts = first(asked.get("text_prompts"), asked.get("texts"), mapping(asked.get("textToImageParams")).get("text"))
    return None if texts is None else [{"role": "user", "content": texts}]


def _contents(contents: Loose) -> list[Any]:
    """Return Gemini's contents as messages; a content without a role is the user's."""
    listed = contents if isinstance(contents, list) else [contents]
    turns: list[Any] = []
    for content in listed:
        turn = mapping(content)
        said = turn.get("parts", turn.get("text")) if turn else content
        turns.append({"role": first(turn.get("role"), "user"), "content": said})
    return turns


def _system(asked: Mapping[str, Any]) -> Loose:
    instruction = first(asked.get("systemInstruction"), asked.get("system_instruction"))
    if isinstance(instruction, Mapping):
        instruction = first(instruction.get("parts"), instruction.get("text"))
    return first(asked.get("system"), instruction, asked.get("preamble"))


def _tools(asked: Mapping[str, Any]) -> Loose:
    """Return the tools of the Converse API, and each function that a tool of Gemini declares."""
    tools = first(asked.get("tools"), mapping(asked.get("toolConfig")).get("tools"))
    if not isinstance(tools, list):
        return tools
    flat: list[Any] = []
    for tool in tools:
        declared = first(*(mapping(tool).get(name) for name in _DECLARATIONS))
        flat += declared if isinstance(declared, list) else [tool]
    return [tool for tool in flat if "cachePoint" not in mapping(tool)]
