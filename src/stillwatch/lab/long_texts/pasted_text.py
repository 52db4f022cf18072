"""Lists sentence and line patterns of the text that users write or paste beside a request, by genre.

Capital slots are classes of ``lexicon``: ``{N}`` noun, ``{M}`` nouns, ``{V}`` ``{D}`` ``{G}`` verb, past, -ing, ``{J}``
quality, ``{A}`` adverb, ``{P}`` first name, ``{F}`` full name, ``{L}`` place, ``{O}`` firm, ``{I}`` identifier, ``{U}``
file, ``{Q}`` number, ``{R}`` measure, ``{T}`` date, ``{H}`` hour, ``{E}`` version or hash. Phrases: ``{X}`` quality and
noun, ``{W}`` quality and nouns, ``{Y}`` past and noun, ``{Z}`` verb and noun. Small letters are the slots of
``phrasings``. Each pattern begins with the separator from the pattern before it.
"""

__all__ = ["BODIES", "GENRES_OF", "MORE_ASKS", "MORE_FOLLOWS", "MORE_QUERIES"]

_STORY = (
    " The {X} {Y} near {L}.",
    " {P} {D} {A} and then {D} the {W}.",
    " In the {N} there was a {X}, and nobody {D} it.",
    ' "{A}," said {P}, "the {N} will {V} before the {N} does."',
    " {F} had {D} {Q} {M} by the end of the {N}.",
    " It was {J} that the {N} of {L} {D} so {A}.",
    " By {H} the {M} were {J} again and {P} {D}.",
    " Without a {N}, {P} {D} to {V} the {X} alone.",
    " She {Y}, {Y} and {A} {D} home.",
    " Nobody in {L} would {V} a {N} like that.",
    " He {A} {D} {W} from {L}, which {P} {D}.",
    "\n\nThe next {N}, the {M} {D}.",
    " What {P} {D} was not the {N} but the {N} behind it.",
    " They {D} {A}, as {M} do when the {N} is {J}.",
    " For {Q} years the {N} {D} under the {X} of {F}.",
)
_REPORT = (
    " {O} {D} {R} of {M} in {T}, more than {O} {A} {D}.",
    " According to {F}, the {N} of {L} will {V} by {R}.",
    " The {X} between {L} and {L} {D} the {M} {A}.",
    " {F}, who {Y} until {T}, {D} to comment.",
    " A {N} of {Q} {M} {D} that {W} {A} {Z}.",
    " Since {T}, the {N} has {D} {R}, and {M} have {D} {A}.",
    " Critics say that {G} the {N} would {V} the {W}.",
    " The {N} is known for its {M}, its {X} and the {N} of {F}.",
    " About {R} of all {M} in {L} are {J}.",
    " {L} has a {N} of {Q} and lies {R} from {L}.",
    " Born in {L} on {T}, {F} {D} at {O}.",
    " The {N} was {D} by {O} and {D} by {F} for {R}.",
    " Its {M} {V} {A}, but the {N} remains {J}.",
    "\n\nIn {T}, {O} {Y} of {L}, {A} because of its {W}.",
    " Both {M} and {M} {D} after the {N}, said {P} {F}.",
    " The {N} {V}s when {W} {Z}.",
)
_LETTER = (
    " I {Y} on {T}, but the {N} is still {J}.",
    " My {N} {D} last {N} and now we need to {V} it.",
    " Could we {Z} before {T}?",
    " {P} from {O} {D} me that the {M} are {J}.",
    " We {D} about {Q} {M}, and I am {A} {J} about it.",
    " The {N} was {R}, which I {A} {D}.",
    " Please {V} the {X} and {V} {P} as well.",
    " As {D} on the phone at {H}, the {N} will {Z}.",
    " I have {D} {M} before, {A} with {O} in {L}.",
    " My {N} wants to {V}, my {N} would rather {Z}.",
    " To be {J}, {G} the {N} has not {D}.",
    " The {a} is {J}, and the {N} {D} {A}.",
    " I {A} {V} {M}, so the {b} matters to me.",
    "\n\nDear {P}, the {N} of {T} has {D}.",
    "\n\nRegards,\n{F}\n{O}, {L}",
    " What I {A} want is a {X} for {R} or less.",
    " There are {Q} {M} in our {N}, and each has a {X}.",
)
_CODE = (
    "\n{I} = {I}({I}, {Q})",
    "\n    if {I} is None or {I} > {Q}:\n        return {I}",
    "\ndef {I}({I}, {I}={Q}):\n    {I} = {I}.{I}()",
    "\n    for {I} in {I}:\n        {I}.{I}({I})",
    "\nfrom {I} import {I}, {I}",
    '\n    raise ValueError("{X}: " + {I})',
    "\n# {V} the {X}, see {U}",
    "\n    const {I} = await {I}({I});",
    "\n  if (!{I}) { return {I}; }",
    "\nSELECT {I}, {I} FROM {I} WHERE {I} = {Q};",
    "\n    {I}[{I}] = {I} + {Q}",
    "\n    // {A} {V} the {M} of {I}",
    '\n    logger.info("{D} %s {M}", {I})',
    "\nexport function {I}({I}: string, {I}: number) {\n  return {I}.{I}({I});\n}",
    "\n    self.{I} = {I} or {I}",
    "\n    with open('{U}') as {I}:\n        {I} = {I}.read()",
    "\n    assert {I}({Q}) == {Q}, {I}",
    "\n    try:\n        {I}({I})\n    except {I}:\n        {I}()",
)
_LOG = (
    "\n{T} {H} ERROR {I}: {N} {J} after {R}",
    "\n{T} {H} INFO {I} {D} {Q} {M}",
    '\n  File "{U}", line {Q}, in {I}',
    "\n{H} WARN [{E}] {I} {A} {D} {U}",
    "\n$ {I} --{N} {Q} {U}",
    "\n{U}:{Q}: error: {I} is not {J}",
    "\nCaused by: {I}: {X} ({E})",
    "\n  at {I} ({U}:{Q})",
    "\nnpm WARN {I}@{E} requires a {N} of {I}@{E}",
    "\nTest {I} ... FAILED ({R})",
    "\ncommit {E} {V} {I} in {U}",
    "\n{I}={E}",
)
_TABLE = (
    "\n{T};{F};{R};{J}",
    "\n{Q} | {N} | {L} | {R}",
    '\n{"id": {Q}, "{N}": "{J}", "{I}": {Q}, "at": "{T}"},',
    "\n{O}, {L}, {Q}, {R}",
    "\n- {X}: {R}",
    "\n{E},{T},{P},{Q},{R}",
    "\n| {N} | {Q} | {Q} | {J} |",
    "\n{N} = {Q} ({A} {J})",
    "\n{F}\t{L}\t{T}\t{Q}",
    "\n* {M} from {L}, {R}",
)
_NOTES = (
    "\n- {Z} with {M}",
    "\n- {P}: {X}, {A} {D} ({T})",
    "\n- {a}: {J}, {Q} {M}",
    "\n- {b} or {N}?",
    "\n{Q}. {V} {M} until {J}, then {Z}.",
    "\n{Q}. The {N} {V}s the {N}; the {N} is {J}.",
    "\n- {O} ({L}): {M}, {R}",
    "\n- open: {G} {M}, {N} of {F}",
    "\nTo do by {T}: {V} {M}, {V} {N}.",
    "\n* {X} ({R}), {X} ({R})",
    " Then {Z} for {R}.",
    "\n> {A} {J}, according to {P}",
)
_PROBLEM = (
    " {P} {V}s {Q} {M} for {R} each.",
    " A {N} {V}s {Q} {M} every {N}, and {P} {D} {Q} of them.",
    " The {N} between {L} and {L} is {R}.",
    " If {Q} {M} {V} in {R}, each {X} has {Q}.",
    " Let x_{Q} be the {N} of {Q} {W}.",
    " After {R}, only {Q} of the {M} are {J}.",
    " There are {Q} {J} and {Q} {W} in a {N}.",
    " Assume that f({Q}) = {Q} and f({Q}) = {Q}.",
    " {P} is {Q} years older than {P}, whose {N} is {Q}.",
    " (A) {Q} (B) {Q} (C) {Q} (D) {Q}",
    " Each {N} costs {R} and every {Q}th is {J}.",
    " The {a} is {Q}, the {b} is {Q}.",
)

BODIES: dict[str, tuple[str, ...]] = {
    "story": _STORY,
    "report": _REPORT,
    "letter": _LETTER,
    "code": _CODE,
    "log": _LOG,
    "table": _TABLE,
    "notes": _NOTES,
    "problem": _PROBLEM,
}
"""Genre → its patterns."""

_USUAL = ("letter", "letter", "letter", "report", "report", "notes", "story", "letter")
_OWN: dict[str, tuple[str, ...]] = {
    "software": ("code", "code", "code", "log", "log", "letter", "letter", "notes"),
    "data": ("code", "code", "table", "table", "log", "letter", "report", "notes"),
    "maths": ("problem", "problem", "problem", "problem", "letter", "report", "table", "problem"),
    "science": ("report", "report", "report", "letter", "notes", "problem", "table", "report"),
    "writing": ("story", "story", "story", "letter", "letter", "notes", "report", "story"),
    "history": ("report", "report", "report", "story", "letter", "notes", "report", "report"),
    "tools": ("table", "notes", "notes", "letter", "letter", "log", "table", "notes"),
    "record": ("letter", "letter", "report", "report", "table", "table", "letter", "report"),
    "service": ("letter",) * 8,
}
_OTHERS = ("business", "money", "health", "travel", "food", "home", "language", "games", "learning")
GENRES_OF: dict[str, tuple[str, ...]] = _OWN | dict.fromkeys(_OTHERS, _USUAL)
"""Domain → eight genres; a frequent genre is listed several times."""

MORE_ASKS: tuple[str, ...] = (
    "{c} Here is what I have on {a} so far. {k}",
    "Please read the following about {s} and tell me what {b} has to do with it. {k}",
    "I want to {Z} with {a}. Is that {J}? {k}",
    "Can {a} {V} a {X}? {c}",
    "How would you {V} {M} when {b} is {J}? {k}",
    "{P} from {L} asked me about {a} and the {N}. What should I say?",
    "Summarise this and keep the {J} parts on {a}. {k}",
    "What is wrong with the {N} below? It should {V} the {a}.",
    "Which {M} {V} {a} best, and which {V} {b}? {k}",
    "I have {Q} {M} and {R}. How do I get from {a} to {b}? {c}",
    "Turn this into {Q} {M} about {s}, {J} and {A} worded.",
    "need help with {a}, my {N} is {J} and i {Y} {A}",
    "Compare the {N} of {O} with {a}. {k}",
    "Give me a {X} for {s} with {M} from {L}. {k}",
    "Why does {G} the {N} {V} {a}? {c}",
    "{c} The {a} {D}, so we {D} {b}. Was that {J}?",
    "Rewrite the text so that a {X} understands {a}. {k}",
    "Extract every {N}, {N} and date on {s} from this. {k}",
)
"""Requests for any domain, in addition to those of its style."""

MORE_QUERIES: tuple[str, ...] = (
    "{a} {N} {L}",
    "what {N} do {W} have in {s}",
    "who {Y} of {a} in {L}",
    "when was {F} {D} to {V} {a}",
    "how many {M} does {a} {V}",
    "{J} {a} {M} {Q}",
    "is {a} {J} for {M}",
    "difference between {N} and {N} in {a}",
    "where did {F} {V} the {X}",
    "{O} {a} {N} {J}",
    "how to {V} a {N} {A} with {b}",
    "which {N} has the most {W} in {L}",
    "{s} {N} {T}",
    "what does {N} {N} mean in {s}",
    "can {M} {V} {a} after {R}",
    "my {a} {Y}, what now?",
    "I need a {X} for the {a} by {T}",
    "the {N} for my {a} is {J} since {H}",
)
"""One-sentence queries for any domain."""

MORE_FOLLOWS: tuple[str, ...] = (
    "But {G} the {N} is {J}, isn't it?",
    "ok, and the {N} of {a}?",
    "What if the {N} {V}s the {W}?",
    "{P} says the {b} {D}. Is that {J}?",
    "Use {Q} {M} and a {X} this time.",
    "I meant the {N}, not the {N}.",
    "Now {V} the {a} for {M} in {L}. {k}",
    "that {N} is {J}, {V} it {A}",
    "Could you {V} the second {N} and {V} the {M}?",
    "It {D} at {H} with {R}. Why?",
    "And for {O}?",
    "Replace {a} by a {X}.",
)
"""Follow-ups in addition to those of ``phrasings``."""
