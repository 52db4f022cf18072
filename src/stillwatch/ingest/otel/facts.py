"""Finds what a span or log record is, and the facts it tells, under the names of the vocabularies."""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from stillwatch.ingest.otel.attributes import numbered
from stillwatch.ingest.otel.vocabularies import GEN_AI, VOCABULARIES
from stillwatch.ingest.otel.vocabulary import DETAILS, EVENT, Vocabulary
from stillwatch.ingest.parsing.caller_metadata import caller_facts, pairs
from stillwatch.ingest.parsing.values import Loose, first

__all__ = ["Facts", "ReportRole", "callers", "facts_of", "lists_of", "role_of"]

Facts = Mapping[str, Any]
"""Values by fact; a fact that is not told is absent."""


class ReportRole(Enum):
    """What a span or log record contributes to the rows of a source."""

    INFERENCE = "inference"
    CONTEXT = "context"
    """It is no inference. A span may say who asked, and which spans are inside of which."""
    TEXT = "text"
    """A log record with text, which belongs to an inference."""
    UNKNOWN = "unknown"
    """It has what only an inference has, in a vocabulary that is not known."""


class _Place(NamedTuple):
    fact: str
    rank: int


# What tells that a span is something else, whatever stands beside it.
_ELSE = frozenset(
    {
        *("gen_ai.tool.name", "gen_ai.tool.call.id", "mcp.method.name", "rpc.system", "messaging.system"),
        *("db.system", "db.system.name", "db.operation.name"),
    }
)
_MESSAGES = ("messages", "gen_ai.system_instructions")
"""How attributes end that hold a list of messages as JSON. OpenLLMetry writes an empty one for a call that failed."""
_PROVIDERS = ("gen_ai.provider.name", "gen_ai.system")
_COUNT = re.compile(
    r"(?:input|output|prompt|completion|total|usage|generated)[._]?tokens?|tokens?[._]?(?:count|usage)", re.IGNORECASE
)
_MODEL = re.compile(r"(?:^|[._])model(?:$|[._]?(?:id|name)$)", re.IGNORECASE)


def _places(vocabularies: tuple[Vocabulary, ...]) -> dict[str, tuple[_Place, ...]]:
    found: dict[str, tuple[_Place, ...]] = {}
    for number, vocabulary in enumerate(vocabularies):
        for fact, names in vocabulary.facts.items():
            for position, name in enumerate(names):
                found[name] = (*found.get(name, ()), _Place(fact, number * 100 + position))
    return found


_SHARED = tuple(vocabulary for vocabulary in VOCABULARIES if not vocabulary.alone)
_KINDS = tuple(vocabulary for vocabulary in VOCABULARIES if vocabulary.kinds)
_PLACES = {
    vocabulary.title: _places((vocabulary, *_SHARED) if vocabulary.alone else _SHARED) for vocabulary in VOCABULARIES
}
_PREFIXES = {prefix: fact for v in _SHARED for fact, prefixes in v.lists.items() for prefix in prefixes}
_LISTS = re.compile(rf"({'|'.join(map(re.escape, sorted(_PREFIXES, reverse=True)))})\.(\d{{1,6}})\.(.+)")
_METADATA = tuple(name for vocabulary in _SHARED for name in vocabulary.metadata)
_PREFIXED = tuple(name for name in _METADATA if name.endswith("."))


def role_of(attributes: Mapping[str, Any]) -> tuple[ReportRole, Vocabulary]:
    """Return the role of a span or log record with *attributes*, and the vocabulary that tells it."""
    for vocabulary in _KINDS:
        value = first(*(attributes.get(name) for name in vocabulary.kinds))
        if not isinstance(value, str):
            continue
        value = value.strip('"').lower()
        if value in vocabulary.inferences and _is_told(value, vocabulary, attributes):
            return ReportRole.INFERENCE, vocabulary
        if value in vocabulary.inferences or value in vocabulary.others or value.startswith(vocabulary.complete):
            return ReportRole.CONTEXT, vocabulary
    if not _ELSE.isdisjoint(attributes):
        return ReportRole.CONTEXT, GEN_AI
    facts = facts_of(attributes, GEN_AI)
    if "model" in facts and _has_call(attributes, facts):
        return ReportRole.INFERENCE, GEN_AI
    if attributes.get(EVENT) == DETAILS:
        return ReportRole.UNKNOWN, GEN_AI
    counted = any(_COUNT.search(name) for name in attributes)
    return ReportRole.UNKNOWN if counted and any(
        _MODEL.search(name) for name in attributes
    ) else ReportRole.CONTEXT, GEN_AI


def _is_told(value: str, vocabulary: Vocabulary, attributes: Mapping[str, Any]) -> bool:
    needed = vocabulary.needs.get(value)
    return needed is None or not set(needed).isdisjoint(facts_of(attributes, vocabulary))


def _has_call(attributes: Mapping[str, Any], facts: Facts) -> bool:
    """Return whether a span with a model is a call of it; child spans inherit the model from LiteLLM's baggage."""
    if any(fact in facts for fact in ("input_tokens", "output_tokens", "input", "output")):
        return True
    if EVENT in attributes:
        return False
    told = "response_id" in facts or "finish_reasons" in facts
    return told or first(*(attributes.get(name) for name in _PROVIDERS)) is not None


def facts_of(attributes: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the facts in *attributes*, each under its first name that has a value."""
    places = _PLACES[vocabulary.title]
    found: dict[str, tuple[int, Any]] = {}
    for name, value in attributes.items():
        for fact, rank in places.get(name, ()):
            if (fact not in found or rank < found[fact][0]) and _says(name, value):
                found[fact] = (rank, value)
    return {fact: value for fact, (_, value) in found.items()}


def _says(name: str, value: Loose) -> bool:
    """Return whether the attribute *name* has a value; of an attribute with messages, ``[]`` is none."""
    listed = name.endswith(_MESSAGES) and isinstance(value, str) and value.strip() == "[]"
    return first(value) is not None and not listed


def lists_of(attributes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the facts that are written as numbered attributes."""
    found: dict[str, list[Any]] = {}
    for prefix, entries in numbered(attributes, _LISTS).items():
        found.setdefault(_PREFIXES[prefix], entries)
    return found


def callers(attributes: Mapping[str, Any]) -> Facts:
    """Return who asked, as the application says it in metadata or in attributes without a namespace."""
    told = {name: value for name, value in attributes.items() if "." not in name}
    for name in _METADATA:
        if name in attributes:
            told.update(pairs(attributes[name]))
    for name, value in attributes.items():
        if name.startswith(_PREFIXED):
            told[name[len(next(prefix for prefix in _PREFIXED if name.startswith(prefix))) :]] = value
    found = caller_facts(told) if told else {}
    return {fact: value for fact, value in found.items() if value is not None}
