"""Material that people paste: code, traces, logs, tables, letters, paragraphs."""

from random import Random

from strangers.dogwood.grammar import alternatives
from strangers.dogwood.identities import FIRST, LAST

__all__ = ["code", "company", "letter", "log", "module", "paragraph", "person", "table", "trace"]

_VERBS = alternatives(
    "load|parse|merge|fetch|build|apply|resolve|update|render|sync|validate|collect|flush|schedule|normalize|split|map|"
    "archive|convert|register|encode|retry|index|price|assign|notify|import|export|trim|rank"
)
_NOUNS = alternatives(
    "invoice|order|user|session|token|cart|report|sensor|booking|ticket|schema|payload|config|label|tenant|batch|route|"
    "shipment|ledger|profile|vector|image|queue|comment|webhook|stock|rate|quota|chapter|fixture|player|recipe|patient"
)
_ADJ = alternatives(
    "open|stale|pending|active|raw|daily|shared|remote|local|first|last|missing|nested|cached|legacy|new"
)
_ERRORS = alternatives(
    "KeyError: '{n}_id'|TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'|ValueError: could not "
    "convert "
    "string to float: '{a}'|AttributeError: 'NoneType' object has no attribute '{n}'|IndexError: list index out of "
    "range|"
    "TimeoutError: {n} pool exhausted after {k}s|sqlalchemy.exc.IntegrityError: duplicate key value in {n}s|"
    "json.decoder.JSONDecodeError: Expecting value: line {k} column 1|AssertionError: expected {k} {n}s, got {j}|"
    "RuntimeError: {v} was never awaited|PermissionError: [Errno 13] '/srv/{n}/{a}'|RecursionError in {v}_{n}"
)
_FACTS = alternatives(
    "The {a} {n} was moved to {d} after {p} raised a concern|{p} reported that {k} percent of the {n}s arrived late "
    "in {m}|"
    "In {m} the team spent {k} hours on the {a} {n}, mostly with {p}|We agreed to {v} the {n} before the {k}th, and "
    "{p} "
    "will confirm with {c}|{c} wants the {n} in two parts, the {a} one first|Costs rose by {k} percent, which {p} puts "
    "down to the {a} {n}s|Nobody had told {p} about the {n} until {d}|The {n} in {t} closes at {k} past, so {c} sent "
    "everything through {t}|Of {k} replies, {j} were in favour and the rest asked for a {a} {n}|{p} grew up in {t} and "
    "joined {c} in {y}|According to the {y} survey, households in {t} own {k} percent more than in {t}|The roof of "
    "the {n} "
    "hall leaks and {c} offered to repair it for {k}00 euros|It was {p} who first noticed the {a} {n}, on {d} morning|"
    "Deliveries through {t} take {k} days since the bridge was closed in {m}|{p} and {p} disagree about the {n}, "
    "and {c} "
    "has no view|The {a} {n} is due on {d}; without it {c} cannot {v} anything|Since {y} the harbour at {t} has "
    "handled "
    "{k},{j}00 tonnes a year|{c} lost the tender by {k} points, the {n} counted double|Samples {j} to {k} were kept "
    "at four "
    "degrees until {d}|My grandmother {p} kept {k} hens behind the {n} shed in {t}"
)
_TOWNS = alternatives(
    "Leeds|Porto|Graz|Tampere|Izmir|Pune|Recife|Oaxaca|Kumasi|Gdansk|Lyon|Bergen|Cebu|Boise|Halifax|Perth|Turin|Ghent|"
    "Malmo|Split|Cork|Tulsa|Davao|Quito|Nantes|Basel|Aarhus|Lodz|Varna|Kyoto|Busan|Utrecht|Bilbao|Fresno|Bremen|Derby"
)
_DAYS = alternatives("Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday")
_MONTHS = alternatives("January|February|March|April|May|June|July|August|September|October|November|December")
_FIRMS = alternatives(
    "Harbor|Northwind|Kestrel|Juniper|Bluefin|Marlow|Tern|Cobalt|Fernhill|Saffron|Oakline|Vireo|Lumen|Peak"
)
_KINDS = alternatives(
    "Logistics|Foods|Dental|Interiors|Analytics|Motors|Textiles|Clinic|Travel|Energy|Books|Robotics|Legal"
)


_SUBJECTS = alternatives(
    "The committee|{p}|My neighbour {p}|{c}|The {a} {n}|A study from {t}|The council of {t}|Our supplier|The new "
    "intern|"
    "The second draft|Nobody at {c}|The mayor of {t}|Half of the members|The {n} team|An old {n}|The landlord|Dr. {p}|"
    "The river near {t}|Each of the {k} guests|The audit of {m}"
)
_DEEDS = alternatives(
    "refused to {v} the {n}|has been waiting for {k} weeks|wrote {k} pages about {t}|was late again|sold {k},{j}00 "
    "{n}s|"
    "could not explain the {a} numbers|asked {p} for help|lost the keys to the {n}|won a prize in {y}|needs {k} "
    "volunteers|"
    "changed hands {j} times since {y}|was built of wood from {t}|doubled the price|still believes in the {a} plan|"
    "measured {k} degrees|cancelled the meeting with {c}|found a {a} {n} under the stairs|moved from {t} to {t}|"
    "kept a diary until {m} {y}|voted against it|answered with a single word|repainted the {n}"
)
_LINKS = alternatives(
    "although {p} had warned everyone|because the {n} was {a}|while {t} slept|in spite of {k} complaints|as {c} had "
    "hoped|"
    "which is rare in {m}|and that was the end of it|so we started again on {d}|without asking {p}|for the {k}th time|"
    "long before {y}|with {k} percent to spare|and {p} laughed|unless {c} objects|as far as I know|on a {a} {d}"
)


def _sentence(rng: Random) -> str:
    if rng.random() < 0.25:
        return _filled(rng, rng.choice(_FACTS))
    words = f"{rng.choice(_SUBJECTS)} {rng.choice(_DEEDS)}"
    if rng.random() < 0.6:
        words += (", " if rng.random() < 0.5 else " ") + rng.choice(_LINKS)
    return _filled(rng, words)


def person(rng: Random) -> str:
    """Return a full name."""
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def company(rng: Random) -> str:
    """Return the name of a firm."""
    return f"{rng.choice((rng.choice(_FIRMS), rng.choice(LAST)))} {rng.choice(_KINDS)}"


def module(rng: Random) -> str:
    """Return a name such as a function's."""
    return f"{rng.choice(_VERBS)}_{rng.choice(_ADJ)}_{rng.choice(_NOUNS)}"


def _filled(rng: Random, text: str) -> str:
    values = {
        "{a}": lambda: rng.choice(_ADJ), "{n}": lambda: rng.choice(_NOUNS), "{v}": lambda: rng.choice(_VERBS),
        "{p}": lambda: person(rng), "{c}": lambda: company(rng), "{t}": lambda: rng.choice(_TOWNS),
        "{d}": lambda: rng.choice(_DAYS), "{m}": lambda: rng.choice(_MONTHS), "{y}": lambda: str(rng.randint(1950,
        2025)),
        "{k}": lambda: str(rng.randint(3, 60)), "{j}": lambda: str(rng.randint(1, 9)),
    }  # fmt: skip
    for slot, value in values.items():
        while slot in text:
            text = text.replace(slot, value(), 1)
    return text


def paragraph(rng: Random) -> str:
    """Return some sentences of a report, an essay or notes."""
    return ". ".join(_sentence(rng) for _ in range(rng.randint(2, 7))) + "."


def letter(rng: Random) -> str:
    """Return a mail."""
    who = person(rng)
    opening = (
        rng.choice(("Dear", "Hi", "Hello", "Good morning")) + " " + rng.choice((who, who.split()[0], "all", "team"))
    )
    close = rng.choice(("Best", "Kind regards", "Thanks", "Cheers", "Yours sincerely", "BR"))
    return f"{opening},\n{paragraph(rng)}\n{close}\n{person(rng)}"


def code(rng: Random) -> str:
    """Return a function in one of some languages."""
    n, v, a, k = rng.choice(_NOUNS), rng.choice(_VERBS), rng.choice(_ADJ), rng.randint(2, 90)
    m, w = rng.choice(_NOUNS), rng.choice(_VERBS)
    return rng.choice(
        (
            (
                f"def {v}_{n}s({m}s, limit={k}):\n    out = []\n    for {m} in {m}s:\n        if {m}.{a}:\n            "
                f"out.append({w}({m}))\n    return out[:limit]"
            ),
            (
                f"export async function {v}{n.title()}({m}: {m.title()}) "
                f"{{\n  const res = await fetch(`/api/{n}s/${{{m}.id}}`)\n"
                f"  if (!res.ok) throw new Error('{w} failed')\n  return (await res.json()).{a}\n}}"
            ),
            (
                f"SELECT {m}.id, COUNT({n}.id) AS {a}_{n}s\nFROM {m}s {m}\nLEFT JOIN {n}s {n} ON {n}.{m}_id = {m}.id\n"
                f"WHERE {n}.created_at > now() - interval '{k} days'\nGROUP BY {m}.id"
            ),
            (
                f"func ({n[0]} *{n.title()}) {v.title()}(ctx context.Context, {m}s []{m.title()}) error "
                f"{{\n\tfor _, x := range "
                f"{m}s {{\n\t\tif err := {n[0]}.{w}(ctx, x); err != nil {{\n\t\t\treturn err\n\t\t}}\n\t}}\n\treturn "
                f"nil\n}}"
            ),
            (
                f"fn {v}_{n}(input: &[{m.title()}]) -> Option<usize> "
                f"{{\n    input.iter().filter(|x| x.{a}).map(|x| x.{w}())"
                f".max().filter(|&x| x > {k})\n}}"
            ),
            (
                f"class {a.title()}{n.title()}:\n    def __init__(self, {m}):\n        self._{m} = {m}\n        "
                f"self.{w}_count "
                f"= {k}\n\n    def {v}(self):\n        return self._{m}.{w}(self.{w}_count)"
            ),
            (
                f".{a}-{n} {{\n  display: grid;\n  grid-template-columns: {k}px 1fr;\n}}\n.{a}-{n} > .{m} "
                f"{{ overflow: hidden }}"
            ),
        )
    )


def trace(rng: Random) -> str:
    """Return the trace of an error."""
    rows = [f'  File "app/{rng.choice(_NOUNS)}/{rng.choice(_VERBS)}.py", line {rng.randint(9, 480)}, in {module(rng)}']
    rows += [f'  File "app/{rng.choice(_NOUNS)}s.py", line {rng.randint(9, 480)}, in {module(rng)}']
    return "Traceback (most recent call last):\n" + "\n".join(rows) + "\n" + _filled(rng, rng.choice(_ERRORS))


def log(rng: Random) -> str:
    """Return some lines of a service's log."""
    rows = []
    for _ in range(rng.randint(2, 6)):
        level, n, k = rng.choice(("INFO", "WARN", "ERROR")), rng.choice(_NOUNS), rng.randint(10, 9999)
        rows.append(f"2026-0{rng.randint(1, 3)}-{rng.randint(10, 28)}T0{rng.randint(0, 9)}:{rng.randint(10, 59)} "
        f"{level} "
                    f"{n}-svc {module(rng)} id={k} took={rng.randint(2, 4000)}ms")  # fmt: skip
    return "\n".join(rows)


def table(rng: Random) -> str:
    """Return a small table with commas."""
    names = rng.sample(_NOUNS, 3)
    rows = [",".join(["date", *names])]
    rows += [f"{rng.randint(1, 28)}.{rng.randint(1, 12)}.," + ",".join(str(rng.randint(0, 990)) for _ in names)
             for _ in range(rng.randint(3, 8))]  # fmt: skip
    return "\n".join(rows)
