"""The payloads of a harvest, several wordings of each sort, and the frames around them."""

from collections.abc import Sequence
from random import Random

from strangers.dogwood.grammar import Tongue, alternatives
from strangers.dogwood.wordstock import TABLES

__all__ = ["FRAMES", "SYSTEMS", "payload", "reword"]

_SORTS: Sequence[Sequence[str]] = (
    ("Explain how {a} relates to {b} and where the analogy breaks.", ("What do {a} and {b} have in common, and at "
        "what point does the comparison fail?"),
     "How far can {b} be understood through {a}? Name the limits.", ("Connect {a} with {b}; then say why the link is "
        "misleading.")),
    ("Write {stack} code to {aim}; function name {fn}; handle empty input.", ("I need {fn} in {stack}. It must {aim} "
        "and survive empty input."),
     "In {stack}: implement {fn} such that it can {aim}. Mind the edge cases.", ("How would {fn} look if it had to "
        "{aim}? Use {stack}, guard against nothing given.")),
    ("A tank fills at {p} l/min and leaks {q} l/min. When are {r} litres in it? Show each step.", ("{r} litres are "
        "wanted; inflow {p}, outflow {q} litres a "
     "minute. Derive the time."), ("With {p} litres coming in and {q} going out per minute, how long until {r}? "
        "Reason it out.")),
    ("Find the flaw in: all {x} rely on {a}, {who} relies on {a}, so {who} is one of the {x}.", ("'{who} relies on "
        "{a}; all {x} do; hence {who} belongs to the {x}.' "
     "What is wrong here?"), ("Is it valid to conclude from reliance on {a} that {who} is among the {x}, given that "
        "all {x} rely on it?")),
    ("Plan the launch of {goods} in {place} with {r} euros, week by week.", ("{r} euros, {place}, {goods}: give a "
        "launch schedule by week."),
     "How would you bring {goods} to market in {place} if only {r} euros were there? Weekly plan.", ("Weekly roadmap "
        "to start selling {goods} at {place}; budget {r}.")),
    ("Summarise the argument and give the strongest objection.\n\n{text}", ("What is claimed here, and what speaks "
        "against it most?\n\n{text}"),
     "Restate in two sentences, then attack it.\n\n{text}", "Main point? Best counterpoint?\n\n{text}"),
    ("What is wrong in this function and how is it repaired?\n\n{snippet}", ("Debug it and tell me the "
        "reasoning.\n\n{snippet}"), ("Any bug below? Walk through "
     "it line by line.\n\n{snippet}"), "Make this correct and faster; justify each edit.\n\n{snippet}"),
    ("Tell a {genre} of {r2} words about {lead}; {turn}.",
        "{lead}, {turn}: turn it into a {genre}, about {r2} words.", ("I'd like a short {genre}. Main figure: {lead}. "
     "What happens: {turn}. Length {r2}."), "Compose {r2} words of {genre} in which {turn}, seen by {lead}."),
    ("Advise {who}: the {kin} {deed}. Weigh two options.", ("The {kin} of {who} {deed}. Which two ways are there, "
        "and which is wiser?"), ("{who} asks for counsel since the "
     "{kin} {deed}; compare two responses."), "Two options for {who}, whose {kin} {deed}. Pros, cons, verdict."),
    ("Derive the sample size to detect a change of {p} points in {metric} from {q2}% with power 0.{q3}.", ("{metric} "
        "is {q2}%. How many cases show a rise of {p} points, "
     "power 0.{q3}? Derivation please."), ("Sample size: baseline {q2}% ({metric}), effect {p} points, power 0.{q3}. "
        "Show the formula.")),
    ("Compare {law} in two legal systems for a {job} in {place}.", ("A {job} in {place} asks about {law}; contrast "
        "with one other country."),
     "How does {law} differ between {place} and elsewhere, seen by a {job}?", ("Contrast two jurisdictions on {law}; "
        "the client is a {job} from {place}.")),
    ("Diagnose step by step: {dev} {fault}, after a move to {place}.", ("Since it went to {place}, the {dev} "
        "{fault}. Isolate the cause."), ("{dev}: {fault}. It was moved to "
     "{place}. Decision tree?"), "Troubleshooting order for a {dev} that {fault}; recently shipped to {place}."),
)  # fmt: skip
_VALUES = {
    "a": "{subject}", "b": "{subject}", "stack": "{stack}", "aim": "{aim}", "fn": "{module}", "p": "{#7-19}",
        "q": "{#1-6}", "r": "{#90-9000}",
    "x": "{job}s", "who": "{person}", "goods": "{product}", "place": "{town}", "text": "{para}", "snippet": "{code}",
        "genre": "{genre}",
    "r2": "{#120-900}", "lead": "{hero}", "turn": "{twist}", "kin": "{relative}", "deed": "{deed}",
        "metric": "{metric}", "q2": "{#3-40}",
    "q3": "{#80-95}", "law": "{law}", "job": "{job}", "dev": "{device}", "fault": "{fault}",
}  # fmt: skip
_SWAPS = (
    ("Explain", ("Explain", "Describe", "Set out", "Make clear")), ("Show each step", ("Show each step", ("Do not "
        "skip steps"), "Line by line")),
    ("What is wrong", ("What is wrong", "Where is the mistake", "What fails")), ("give ", ("give ", "offer ",
        "provide ", "list ")),
    ("Write ", ("Write ", "Draft ", "Produce ", "Give me ")), ("how long", ("how long", "how many minutes")),
        ("Plan ", ("Plan ", "Lay out ")),
    ("about", ("about", "around", "roughly")), ("Compare", ("Compare", "Contrast", "Weigh up")), ("wiser", ("wiser",
        "better", "safer")),
)  # fmt: skip
FRAMES = (
    "@", "@", "@", "@\n\nThink it through before you answer.", "For my class of {#12-30}: @", ("I'm a {job} and "
        "curious. @"), "@ Give the reasoning first, then the result.",
    "My {relative} asked me this and I had no answer:\n@", "@\nAnswer for a {job}, please.", ("Question of the day "
        "for our club in {town}.\n@"), "@ (about {#80-400} words)",
    "Note for my blog on {hobby}: @", "@\n\nI already tried, and got {#2-90}, not sure at all.", ("ok, different "
        "topic. @"), "@ Be thorough, I will check it.",
    "Interview practice at {company}: @", "@ Please number the steps.", "Continuing from {weekday}: @", ("{person} "
        "and I disagree on this. @ Who is right?"),
)  # fmt: skip
FRAMES = tuple(frame.replace("{hobby}", "{craft}") for frame in FRAMES)
SYSTEMS = alternatives(
    "You are a patient tutor in {my_town}.|You help a {my_job} with daily questions.|Answer as an expert, "
    "{my_tone}.|You are the study buddy of {my_person}.|Detailed "
    "answers, reasoning shown.|Assistant of {my_company}. Be {my_tone}.|You support a small team at {my_company}; "
    "be exact.|Explain your thinking."
)


def payload(seed: int, number: int) -> tuple[int, dict[str, str]]:
    """Return payload *number* of the list: its sort, and the values in it; sorts come in runs of 240."""
    rng = Random(f"{seed}/payload/{number}")
    sort = Random(f"{seed}/run/{number // 240}").randrange(len(_SORTS))
    sort = sort if rng.random() < 0.35 else rng.randrange(len(_SORTS))
    tongue = Tongue(rng, TABLES)
    return sort, {key: tongue.say(value) for key, value in _VALUES.items()}


def reword(wanted: tuple[int, dict[str, str]], habit: int, rng: Random) -> str:
    """Return the payload in the wording of the account with *habit*."""
    sort, values = wanted
    own = Random(f"{habit}/{sort}")
    text = own.choice(_SORTS[sort]) if rng.random() < 0.7 else rng.choice(_SORTS[sort])
    for old, choices in _SWAPS:
        text = text.replace(old, own.choice(choices))
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text
