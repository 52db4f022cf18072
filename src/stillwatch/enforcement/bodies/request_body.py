"""Reads which model a request asks, and takes out what a client may not decide.

The whole body is parsed, never its beginning: some clients write the model after the messages. A body that cannot be
read is refused, because a server behind the gateway may read it all the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from stillwatch.errors import InputError

__all__ = ["OPT_OUTS", "RequestBody", "read_body", "resolve"]

OPT_OUTS = ("watermarking", "guardrails", "disable_global_guardrails", "disable_global_guardrail", "vllm_xargs")
"""Fields with which a client would undo a decision: of vLLM's and SGLang's watermark, and of LiteLLM's guardrails."""
_NESTED = ("extra_body", "metadata", "litellm_metadata")
"""Objects in which gateways look for the same fields."""
_MODEL_IN_PATH = re.compile(
    r"/(?:openai/)?deployments/(?P<azure>[^/?]+)"
    r"|/models/(?P<gemini>[^/?:]+):"
    r"|/model/(?P<bedrock>[^/?]+)/(?:invoke|converse)"
)


@dataclass(frozen=True, slots=True)
class RequestBody:
    """A request as a gateway understands it.

    ``model`` is ``None`` where the request names none. ``fields`` is the JSON object, without what a client may not
    decide; it is ``None`` where the body is no JSON. ``removed`` names what was taken out.
    """

    model: str | None
    fields: dict[str, Any] | None
    removed: tuple[str, ...]

    def rewritten(self) -> bytes | None:
        """Return the body to send on, or ``None`` where it goes on as it came."""
        return orjson.dumps(self.fields) if self.removed and self.fields is not None else None


def read_body(body: bytes, *, path: str = "", content_type: str = "application/json") -> RequestBody:
    """Return what *body* asks, as the last of doubled keys says. The *path* names the model where the body does not.

    Raises ``InputError`` for JSON that is cut short, nested too deeply or no object, and for a model that is
    no text.
    """
    in_path = _model_in_path(path)
    if not body or not _may_be_json(body, content_type):
        return RequestBody(in_path, None, ())
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InputError("the body is no JSON that can be read whole") from None
    if not isinstance(fields, dict):
        raise InputError("the body is no JSON object")
    model = fields.get("model")
    if model is not None and not isinstance(model, str):
        raise InputError("the model is no text")
    removed = _remove_opt_outs(fields)
    return RequestBody(model.strip() or in_path if model is not None else in_path, fields, removed)


def resolve(model: str | None, aliases: Mapping[str, str]) -> str | None:
    """Return the model that *model* stands for, over aliases of aliases. A circle ends where it began."""
    seen: set[str] = set()
    while model is not None and model in aliases and model not in seen:
        seen.add(model)
        model = aliases[model]
    return model


def _may_be_json(body: bytes, content_type: str) -> bool:
    # Some servers read JSON whatever the header says, so a client cannot hide it behind another type.
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json") or body.lstrip()[:1] in (b"{", b"[")


def _model_in_path(path: str) -> str | None:
    found = _MODEL_IN_PATH.search(path)
    return unquote(next(filter(None, found.groups()))) if found else None


def _remove_opt_outs(fields: dict[str, Any]) -> tuple[str, ...]:
    removed = []
    for where, inside in [("", fields), *((f"{name}.", fields.get(name)) for name in _NESTED)]:
        if isinstance(inside, dict):
            for name in OPT_OUTS:
                if name in inside:
                    del inside[name]
                    removed.append(f"{where}{name}")
    return tuple(removed)
