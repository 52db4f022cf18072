"""Defines a vocabulary: the names that one family of instrumentations gives to the facts of an inference."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["DETAILS", "EVENT", "NAME", "ToldText", "Vocabulary"]

DETAILS = "gen_ai.client.inference.operation.details"
NAME, EVENT = "name of the span", "name of the event"
"""Stand among the attributes for the name of the span, and for the name of the event of a log record."""


@dataclass(frozen=True, slots=True)
class ToldText:
    """A log record that holds one text: the column of the text, its attribute, and the fact that joins it."""

    column: str
    attribute: str
    key: str


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The names of one family of instrumentations.

    *kinds* are the attributes whose value says what a span or log record is. *inferences* are the values of an
    inference, and *others* are values of something else, in small letters. Every other value that begins with one of
    *complete* is something else as well. *needs* names facts for a value of *inferences*; without any of them it is no
    inference.

    *facts* has the attributes of each fact, the newest first. *lists* has the prefixes of facts that are written as
    numbered attributes. *metadata* are prefixes, or attributes with JSON, of what the application says of the caller.
    *told* has the log records that hold one text. The names of an *alone* vocabulary have no namespace of their own, so
    they count only where its *kinds* recognise the span or log record.
    """

    title: str
    facts: Mapping[str, tuple[str, ...]]
    kinds: tuple[str, ...] = ()
    inferences: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    complete: tuple[str, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    metadata: tuple[str, ...] = ()
    told: Mapping[str, ToldText] = field(default_factory=dict)
    alone: bool = False
