"""Paraphrases prompts: replaces words by synonyms, reorders sentences, moves the frame and changes greetings.

It takes about 50 microseconds per prompt. Names and technical terms stay unchanged, as they do when a model
paraphrases.
"""

import re

import pyarrow as pa

from stillwatch.lab.draws.random_draws import Ints, mix
from stillwatch.lab.texts.phrasings import split_list

__all__ = ["paraphrase", "paraphrase_rows"]

# One set of synonyms per line; each word can replace the others. After > only the first word is replaced, because the
# other words have further meanings.
_SYNONYMS = """
give|provide|offer|present|lay down
show|set out|display|bring out|make visible
write|compose|draft|put together|produce
explain|clarify|spell out|make clear|account for
describes|portrays|sets out|sketches
describe|portray|characterise|sketch
list|enumerate|name|itemise
find|locate|identify|track down|spot
make|create|build|prepare|come up with
complete|carry out|fulfil|finish off|see through
solve|work out|crack|resolve|settle
compute|calculate|determine|figure out
prove|demonstrate|establish
compare|contrast|weigh up|hold side by side
review|go over|inspect|look through|examine
answer|solution|outcome|verdict
>respond|react|come back|get back|reply|speak
response|reaction|output|statement|text returned
>question|query|riddle|item asked
>problem|exercise|puzzle|matter at hand
>task|job|assignment|piece of work
>instruction|directive|brief|order given
prompt|input|wording given|message
request|wish|demand|ask
result|finding|upshot
reasoning|train of thought|argument|line of thinking|logic
>step|stage|move|phase|leg|stretch
steps|stages|moves|phases|legs
step by step|one stage at a time|in small moves|bit by bit|gradually
think|reflect|reason|ponder
expert|specialist|authority|seasoned hand
ideal|perfect|exemplary|first-rate
assistant|helper|aide|adviser
detail|depth|particulars
before|prior to when|ahead of when
then|after that|next|afterwards
final|closing|last|concluding
full|entire|whole|unabridged
working|derivation|calculation
every|each|any|all of each|one and every
correct|right|accurate|proper
better|stronger|preferable|superior
best|strongest|finest
grade|rate|mark|judge
>score|mark given|rating|tally
>rubric|scheme|yardstick|grid|key
criterion|standard|measure
justification|grounds|rationale
deduction|point taken off|loss of points
given|supplied|handed over|on hand
below|underneath|in what comes next|further down
following|subsequent|next shown
appropriate|fitting|suitable
use|employ|apply|make use of
using|employing|by means of
need|require|have to have
want|would like|am after
help|assist|support|lend a hand
good|solid|decent|sound
important|crucial|significant|weighty
common|frequent|usual|widespread
different|distinct|unlike|separate
difference|distinction|gap
example|instance|illustration|sample
code|program|source|snippet
function|routine|procedure
error|fault|failure|mistake
bug|defect|flaw
test|check|trial
tests|checks|trials
story|tale|narrative
letter|note|missive
plan|outline|roadmap
idea|thought|notion
way|manner|approach
>part|portion|section
number|count|figure
several|a few|multiple|various
many|lots of|plenty of|numerous
most|the bulk of|nearly all
only|just|solely|nothing but
>also|too|as well|in addition
because|since
however|yet|still|though
therefore|so|hence|thus
about|concerning|regarding
>please|kindly|if you would|do
why|for what reason|how come
should|ought to|had better
can|could|are able to
>must|has to|needs to
get|obtain|receive|arrive at
start|begin|open|set off
>end|close|wrap up
keep|hold|retain
change|alter|modify|adjust
add|include|append|put in
remove|take out|drop|strip
choose|pick|select|opt for
consider|take into account|bear in mind
assume|suppose|take it
long|lengthy|extended
short|compact|terse
simple|plain|easy|straightforward
hard|difficult|tough|demanding
harder|tougher|more demanding
complex|involved|intricate
new|fresh|novel
people|persons|folks
words|terms
sentence|line of text
summary|digest|recap
rewrite|rephrase|recast|rework
version|variant|edition
imagine|picture|suppose for once
yourself|on your own|unaided
internal|inner|unspoken
lay out|set down|unfold
here is|this is|what follows is|you get
you are|act as|play|take the role of
i am|i'm|speaking as one who is
what is|what's|tell me what is
how do|how does one|in which way do
line of|row of
of its|all of its
its own|itself
each step|all stages
two answers|pair of replies|both candidates|options|couple of texts|offers
to the|towards the|for the|unto the
leads|brings|takes
from|out of|starting at
>with|including|plus|and|showing|having
>that|which
which of|among|out of|what of
written|spelled|noted|recorded|stated|worded
>out|down|fully|properly
>this|the given|the present|the one here
>would|might|could well|shall|will
first|initial|opening|earliest
>more|additional|extra|further
return|hand back|send back|deliver
json|a JSON object|JSON text
action|thing to do|deed
tool|utility|instrument
tools|utilities|instruments
call|invoke|trigger
run|execute|launch
look|glance|peek
day|date
"""
_OPENERS = split_list(
    """
    |Hi there. |Quick one: |So, |I was wondering: |Right, |Next up. |Could you help me here? |A small favour: |
    For my notes: |Let me ask this. |Hello again. |Moving on. |Something else: |In your own words: |When you can: |
    I'd value your view. |Here goes. |OK. |If it is no trouble: |One more: |Good day. |Consider this. |Hm, |
    """
)
_CLOSERS = split_list(
    """
    | Thanks!| Many thanks.| Take your time.| I appreciate it.| Cheers.| That would help a lot.| Thank you in advance.|
    | Be as clear as you can.| No rush.| Looking forward to it.| Much obliged.| I owe you one.| That's all.|
    """
)
_MARKS = ("", "", "* ", "> ", "- ", "-- ")
_WORD = re.compile(r"([A-Za-z][A-Za-z']*)")
_HEADING = re.compile(r"^\s*(?:#+|\[|<)\s*", re.MULTILINE)
_CODE = re.compile(r"[{};=]|\w\(|^\s{2,}|^\$ |^\[")
_SENTENCE_END = re.compile(r"(?<=[.?!])[ ]+")


def _read_synonyms() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for line in _SYNONYMS.strip().split("\n"):
        words = tuple(line.lstrip(">").split("|"))
        one_way = line.startswith(">") or " " in words[0]
        for word in words[:1] if one_way else words:
            if word.count(" ") <= 2:
                known.setdefault(word, tuple(other for other in words if other != word))
    return known


_SYNONYMS_OF = _read_synonyms()
_PHRASE_STARTS = frozenset(key.split()[0] for key in _SYNONYMS_OF if " " in key)
_STARTS = _PHRASE_STARTS | frozenset(_SYNONYMS_OF)


def paraphrase(head: str, text: str, tail: str, seed: int) -> str:
    """Return *head*, *text* and *tail* in other words; the same *seed* gives the same wording.

    Lines that look like code, output or data stay unchanged.
    """
    lead, ask = (_HEADING.sub(_MARKS[(seed >> 3) % len(_MARKS)], part) for part in (head, tail))
    parts = [lead, text, ask]
    if head.strip() and seed & 1:
        # the frame moves behind the payload; its last label line is dropped, because no payload follows it there
        lines = lead.rstrip().split("\n")
        parts = [text, "\n".join(lines[:-1] if lines[-1].endswith(":") and len(lines) > 1 else lines), ask]
    joined = "\n".join(_rotate_sentences(part, seed).strip("\n") for part in parts if part)
    said = "\n".join(line if _CODE.search(line) else _replace_words(line, seed) for line in joined.split("\n"))
    opener, closer = _OPENERS[(seed >> 8) % len(_OPENERS)], _CLOSERS[(seed >> 14) % len(_CLOSERS)]
    if said == joined and not closer:
        opener = opener or _OPENERS[1]
    return f"{opener}{said}{closer}"


def _rotate_sentences(part: str, seed: int) -> str:
    """Return the sentences of one paragraph in a rotated order, if there are several."""
    if "\n" in part.strip() or not seed & 2:
        return part
    pieces = _SENTENCE_END.split(part.strip())
    turn = (seed >> 20) % len(pieces)
    return " ".join(pieces[turn:] + pieces[:turn])


def _replace_words(text: str, seed: int) -> str:
    pieces = _WORD.split(text)
    # words are at odd indices, the text between them at even indices
    for at in range(1, len(pieces), 2):
        lower = pieces[at].lower()
        if lower in _STARTS:
            others, taken = _synonyms_at(pieces, at, lower)
            if others:
                state = (seed ^ (at * 0x9E3779B1)) * 0xBF58476D1CE4E5B9
                new = others[(state >> 33) % len(others)]
                capital = pieces[at][0].isupper()
                pieces[at : at + taken] = [new[0].upper() + new[1:] if capital else new] + [""] * (taken - 1)
    return "".join(pieces)


def _synonyms_at(pieces: list[str], at: int, lower: str) -> tuple[tuple[str, ...], int]:
    """Return the synonyms that fit from piece *at* on, and how many pieces they replace."""
    if lower in _PHRASE_STARTS:
        for width in (5, 3):
            phrase = "".join(pieces[at : at + width]).lower()
            if phrase in _SYNONYMS_OF:
                return _SYNONYMS_OF[phrase], len(pieces[at : at + width])
    return _SYNONYMS_OF.get(lower, ()), 1


def paraphrase_rows(head: pa.Array, text: pa.Array, tail: pa.Array, seeds: Ints) -> pa.Array:
    """Return one paraphrased prompt per row; *seeds* are positive."""
    turned = mix(seeds, 9).tolist()
    rows = zip(head.to_pylist(), text.to_pylist(), tail.to_pylist(), turned, strict=True)
    return pa.array([paraphrase(h, t, e, s) for h, t, e, s in rows], type=pa.string())
