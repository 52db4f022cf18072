"""Composes texts from slots: personas, tasks, terminal output, tool results and the next instruction of a loop.

A recipe is a sequence of slots; each slot is a list of wordings. A text takes one wording per slot. A text number
counts through all combinations, so two different numbers are two different texts if no slot repeats a wording.
"""

from math import prod

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stillwatch.lab.draws.random_draws import Ints
from stillwatch.lab.texts import text_codes
from stillwatch.lab.texts.phrasings import split_list

__all__ = [
    "NUDGE",
    "OBSERVATION",
    "PERSONA",
    "TASK",
    "TERMINAL",
    "recipe_codes",
    "recipe_size",
    "recipe_texts",
    "render_recipes",
]

PERSONA, TASK, TERMINAL, OBSERVATION, NUDGE = range(5)
"""The recipes: a persona in a scene, a task for it, command output, a tool result, the next instruction of a loop."""

_NUMBERS = tuple(str(n) for n in range(1, 61))
_PEOPLE = split_list(
    """
    a lighthouse keeper|a retired judge|a ship's cook|a night-shift paramedic|a clockmaker|a court interpreter|
    a village schoolteacher|a stubborn detective|a travelling merchant|a robot gardener|a young queen|a chess prodigy|
    a museum guard|a deep-sea diver|a radio presenter|a disgraced banker|a mountain guide|an exiled poet|
    a hotel pianist|a customs officer|a beekeeper|an apprentice alchemist|a union organiser|a space traffic controller|
    a translator of lost languages|a circus acrobat|a tax inspector|a wandering monk|a forensic accountant|
    a submarine captain|a puppet maker|a ghost who likes crosswords|a wildlife vet|a stage magician|a harbour pilot|
    an overworked architect
    """
)
_TRAITS = split_list(
    """
    who never lies|who speaks in short sentences|with a dry sense of humour|who has just lost a bet|
    who distrusts machines|who counts everything|who quotes proverbs|with a secret|who is always polite|
    who remembers every face|who cannot say no|who is in a hurry|who talks to plants|who hates silence|
    who wants to retire|who is proud of old mistakes|who explains by analogy|who fears the sea
    """
)
_SCENES = split_list(
    """
    at a border crossing in the rain|during a power cut|on the last train of the year|in a market before dawn|
    at the reading of a will|in a courtroom full of reporters|on a ship without wind|at a wedding that is late|
    in the archive of a small town|during a strike|on the roof of a hospital|in a kitchen at midnight|
    at a chess tournament|in a besieged castle|on a station above Mars|in a lift that has stopped|
    at an auction of fakes|in a school during the holidays|at a funeral nobody planned|in a flooded theatre|
    on a bridge in fog|in a greenhouse in winter|at the opening of a tomb|during a census|in a waiting room|
    on a film set|at a harbour under quarantine|in a library that is moving out
    """
)
_DEEDS = split_list(
    """
    Write the first conversation with|Tell the story of a quarrel with|Negotiate, in dialogue, with|
    Write a letter of apology to|Interview|Teach something difficult to|Refuse a favour to|Bargain with|
    Confess something to|Comfort|Persuade|Describe a day spent with|Write three diary entries about|
    Give a speech in honour of|Ask for help from|Solve a riddle together with
    """
)
_OTHERS = split_list(
    """
    a stranger with a map|an old rival|a child who asks why|a sceptical official|the last customer|a lost tourist|
    a former pupil|an inspector|a talking animal|a twin nobody knew of|a musician without an instrument|a neighbour|
    a thief who returns things|the person who will replace you|a doctor|someone who mistakes you for another|
    a very honest salesman|a messenger with bad news|a journalist|a friend who owes you money
    """
)
_AIMS = split_list(
    """
    so that both change their minds|without naming the real reason|and end on a question|in at least eight turns|
    and let a small object decide it|with one interruption|and show what each of them hides|in the present tense|
    and let the weather matter|with a promise at the end|so that a reader laughs once|and leave one thing unsaid|
    in the style of a stage play|with inner thoughts in brackets|and mention the time twice|so that nobody wins
    """
)
_COMMANDS = split_list(
    """
    $ pytest -q|$ npm test|$ cargo test|$ go test ./...|$ make check|$ python -m build|$ tsc --noEmit|$ git diff --stat|
    $ ruff check .|$ docker compose up -d|$ mvn -q verify|$ bash run.sh
    """
)
_FILES = split_list(
    """
    src/cache.py|app/models.py|lib/parser.ts|server/routes.go|core/queue.rs|tests/test_api.py|web/form.tsx|
    jobs/sync.py|pkg/store/store.go|src/main.rs|utils/dates.js|services/mail.py|db/migrate.sql|cli/args.py|
    src/Invoice.java|api/handlers.py|engine/plan.cpp|scripts/deploy.sh
    """
)
_FAULTS = split_list(
    """
    AssertionError: expected 3 rows, got 2|TypeError: 'NoneType' object is not iterable|
    error TS2345: argument of type 'string' is not assignable|KeyError: 'created_at'|
    error[E0502]: cannot borrow as mutable|panic: index out of range|ImportError: cannot import name 'load'|
    ReferenceError: session is not defined|timeout after 30 s|IntegrityError: UNIQUE constraint failed|
    ModuleNotFoundError: no module named 'settings'|ValueError: time zone is missing|segmentation fault|
    undefined: newClient|FAILED: snapshot does not match|all checks passed
    """
)
_RESULTS = split_list(
    """
    "status": "ok"|"status": "partial"|"status": "not_found"|"status": "error", "retry": true|"status": "queued"|
    "status": "ok", "cached": true|"status": "denied", "scope": "read"|"status": "ok", "truncated": true
    """
)
_THINGS = split_list(
    """
    invoice|ticket|flight|hotel|contact|event|document|shipment|sensor|listing|payment|route|weather|stock|
    meeting|profile|playlist|order
    """
)
_WHERE = split_list(
    """
    Lisbon|Osaka|Nairobi|Leeds|Quito|Oslo|Hanoi|Denver|Tunis|Porto|Lima|Graz|Perth|Recife|Riga|Pune
    """
)
_NUDGES = split_list(
    """
    Run the whole test suite and fix what fails|Now write the patch as a unified diff|Explain the cause before you edit|
    Apply the change and show the file|Continue with the next step of the plan|The change is in, check the edge cases|
    That broke another test, find out why|Write a regression test for it|Look at the callers as well|
    Clean up and finish|Undo the last edit and try another way|List the files you would touch
    """
)
_ENDS = split_list(
    """
    .|. Think step by step.|, then stop.|. Keep the change small.|. Show your reasoning first.|, one command at a time.|
    . Say what you expect before you run it.|. Do not ask me.
    """
)
_PLACES = (" in ", " around ", ", beginning with ", ". The trace points at ")

_RECIPES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("You are ", "Take the part of ", "Play "), _PEOPLE, (" ",), _TRAITS, (", ",), _SCENES, (". ",)),
    (_DEEDS, (" ",), _OTHERS, (" ",), _AIMS, (".",)),
    (_COMMANDS, ("\n",), _FILES, (":",), _NUMBERS, (": ",), _FAULTS, ("\n[exit code ",), ("0", "1", "2"), ("]",)),
    (
        ("Observation: ", "Tool result:\n", "<result>\n", "Function returned "),
        ('{"',),
        _THINGS,
        ('": {"id": ',),
        _NUMBERS,
        (', "place": "',),
        _WHERE,
        ('", "count": ',),
        _NUMBERS,
        ("}, ",),
        _RESULTS,
        ("}",),
    ),
    (_NUDGES, _PLACES, _FILES, _ENDS),
)


def recipe_size(recipe: int) -> int:
    """Return how many different texts *recipe* has."""
    return prod(len(slot) for slot in _RECIPES[recipe])


def recipe_codes(recipe: int, numbers: Ints) -> Ints:
    """Return the codes of the texts *numbers* of *recipe*; numbers are taken modulo its size."""
    return text_codes.encode(text_codes.RECIPE, recipe, numbers % recipe_size(recipe))


def recipe_texts(recipe: int, numbers: Ints) -> pa.Array:
    """Return the texts *numbers* of *recipe*, in order."""
    parts: list[pa.Array] = []
    left = numbers % recipe_size(recipe)
    for slot in _RECIPES[recipe]:
        if len(slot) == 1:
            parts.append(pa.scalar(slot[0]))
        else:
            parts.append(pa.array(slot).take(pa.array(left % len(slot))))
            left = left // len(slot)
    return pc.binary_join_element_wise(*parts, "")


def render_recipes(part: Ints) -> pa.Array:
    """Return the texts of recipe codes, in order."""
    which, numbers = text_codes.topic_of(part), text_codes.variant_of(part)
    pieces: list[pa.Array] = []
    where: list[Ints] = []
    for recipe in np.unique(which).tolist():
        rows = np.flatnonzero(which == recipe)
        pieces.append(recipe_texts(recipe, numbers[rows]))
        where.append(rows)
    inverse = np.empty(len(part), dtype=np.int64)
    inverse[np.concatenate(where)] = np.arange(len(part))
    return pa.concat_arrays(pieces).take(pa.array(inverse))
