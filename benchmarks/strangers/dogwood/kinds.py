"""Thirty kinds of ordinary customers, and the tasks of one person of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from strangers.contract import Member, Task
from strangers.dogwood.grammar import Tables, Tongue, Voice, alternatives
from strangers.dogwood.identities import account, address, client, home_set
from strangers.dogwood.wordstock import TABLES

__all__ = ["FOLLOW_UPS", "KINDS", "Kind", "ordinary_member", "person_tasks"]


@dataclass(frozen=True)
class Kind:
    """A sort of customer: its weight, clients, openings, follow-ups, system prompts and tools."""

    weight: int
    clients: str
    openings: Sequence[str]
    follow_ups: Sequence[str] = ()
    systems: Sequence[str] = ()
    tools: int = 0
    care: float | None = None


FOLLOW_UPS = alternatives(
    "continue|thanks, now shorter|why?|are you sure?|make it simpler|can you give an example|and in a table?|ok|go "
    "on|that's not what "
    "I meant|translate to {lang}|what about {#2-20} instead|more {tone} please|shorten to {#30-200} words|no, "
    "before that|great thank "
    "you|rewrite the second paragraph|explain step {#1-6} again|add a source|what would {person} say|try again|with "
    "less jargon|hmm "
    "what if my {relative} does it|and for {town}?|can u do {#2-12} more|more|yes|thx|list the downsides|is that "
    "still true in 2026"
)
_CODE_FOLLOW = alternatives(
    "still fails|same error|now add tests|use {stack} instead|continue|without a library please|why is that "
    "faster|can you type it|"
    "ok but {module} is called twice|what about concurrency|works, thanks|rename it to {module}|and in "
    "{stack}?|shorter|now it says "
    "{module} is not defined|show the full file|does this break on empty input"
)
_CONTEXTS = alternatives(
    "I live in {town} and have {#2-30} days.|It is for my {relative}, who is {#6-88}.|I already tried it {#2-9} "
    "times.|My budget is {#20-4000}.|I'm a "
    "{job}, so not an expert.|Last time it {fault}.|Please in {lang} as well.|{person} told me the opposite.|I need "
    "it by {weekday}.|We are {#2-14} "
    "people.|Be {tone}.|I feel {feeling} about it.|No more than {#40-400} words.|It has to work with {stack}.|I "
    "only have {#5-55} minutes.|Context: "
    "small firm, {company}, {#2-90} staff.|I asked on {channel} but nobody answered.|Assume that I know nothing of "
    "{subject}.|Since {#2009-2025} it was fine."
)
_STUDY = ("Explain {subject} like I'm {#8-18}", "write {#3-9} practice questions on {subject} with answers",
          "difference between {subject} and {subject}?", "Is my summary of {subject} ok?\n\n{para}", ("{subject} "
          "essay outline, "
          "{#600-2500} words, due {weekday}"), "flashcards for {subject}, about {#10-40}", ("what do i need to know "
          "about {subject} "
          "for a test on {weekday}"), "my teacher says {subject} matters for {subject}, how")  # fmt: skip
_DEV = ("How do I {aim} in {stack}?", "getting this with {stack}, what is wrong\n\n{trace}", "Review this:\n\n{code}",
        "write a {stack} function {module} to {aim}", "convert to {stack}\n\n{code}", ("{stack} vs {stack} to {aim}, "
        "team of "
        "{#2-30}"), "why would {module} be slow with {#2-900}k rows\n\n{code}", ("regex that matches {module} but not "
        "{module}"),
        "unit tests for\n\n{code}", "logs from prod, what happened?\n\n{log}", ("how to {aim} with {stack} when "
        "{module} may fail"))  # fmt: skip
_BOT = (
    "{ask}",
    "{ask}? and {ask}",
    "Hello {ask}",
    "{ask} thank you {person}",
    "{ask} asap",
    ("Hi this is {person}, {ask}"),
)
_SELL = ("{#3-10} {channel} captions for {product}, {tone}", "product text for {product}, {tone}, {#40-160} words",
        ("Improve this "
         "ad for {channel}:\n\n{para}"), "subject lines for a sale of {product} on {weekday}", ("who buys {product} "
         "in {town}"),
         "reply to this review of our {product}: \"late and {fault}\", {tone}", ("content plan {channel}, {#2-8} "
         "weeks, {product}"))  # fmt: skip
_AGENT_SYSTEM = (
    "You are a coding agent in {my_module}. Edit files with the tools. Keep to the style of the repository "
    "({my_stack})."
)
KINDS: dict[str, Kind] = {
    "pupil": Kind(9, "web mobile", _STUDY, FOLLOW_UPS, care=0.2),
    "student": Kind(9, "web mobile", (*_STUDY, "critique my intro on {thesis}\n\n{para}", ("find gaps: {thesis} and "
        "{thesis}"),
                    "APA for {person} ({#1980-2024}), {thesis}"), FOLLOW_UPS, care=0.5),
    "researcher": Kind(4, "web python", ("Tighten this abstract on {thesis}:\n\n{para}", ("reviewer {#1-3} objects "
        "that n={#8-400} is too "
                       "small for {thesis}; draft a reply"), "suggest a test for {thesis}, {#2-6} groups\n\n{csv}",
                       ("LaTeX table "
                       "from\n\n{csv}"), "What confounds {thesis}?", "title ideas: {thesis} in {town}"), FOLLOW_UPS,
                       care=0.9),
    "developer": Kind(12, "web web ide", _DEV, _CODE_FOLLOW, care=0.5),
    "ide_agent": Kind(7, "ide", ("{module}: {aim}\n\n{code}", "fix the failing test {module}\n\n{trace}", ("rename "
        "{module} to {module} "
                      "everywhere"), "add a flag to {module} so that we can {aim}", "tool result:\n\n{code}",
                      ("read {module}.py "
                      "and say what calls {module}"), "commit message for\n\n{code}"), _CODE_FOLLOW, (_AGENT_SYSTEM,),
                      9),
    "hobby_dev": Kind(5, "web", ("my {device} + {stack}: can i {aim}", "{game} mod in {stack}, need {module}",
        *_DEV[:5]), _CODE_FOLLOW,
                      care=0.3),
    "marketer": Kind(6, "web", _SELL, FOLLOW_UPS, care=0.7),
    "shop_owner": Kind(4, "web mobile", (*_SELL[1:6], "polite reply\n\n{letter}", ("price for {product} if cost is "
        "{#2-60} and {law}?")),
                       FOLLOW_UPS),
    "shop_bot": Kind(5, "bot", _BOT, alternatives("ok|and on {weekday}?|thanks|{ask}|hello??|yes|no"), (
        ("You answer customers of {my_shop} in {my_town}. Be {my_tone}. Open {#7-10} to {#16-22}. If unsure, give "
        "the mail address."),
        ("You're the assistant of {my_shop}. Known: delivery {#2-9} days, returns {#14-60} days. Never discuss "
        "prices of {my_product}."),
        "{my_shop} chat. Language of the customer. Max {#2-5} sentences. Hand over to {my_person} for complaints."),
        care=0.2),
    "writer": Kind(6, "web", ("A {genre} about {hero}; {twist}. Opening scene, {#200-1500} words", ("names for "
        "{hero} in a {genre}"),
                   "My chapter, too slow?\n\n{para}", "how would {hero} react when {twist}", "line edit:\n\n{para}",
                   ("{genre}: next "
                   "beat after {twist}"), "dialogue between {hero} and {hero}, {tone}"), FOLLOW_UPS, care=0.7),
    "roleplayer": Kind(4, "web mobile", ("*{hero} enters the tavern at {town}* who are you", ("You are {hero}. I'm "
        "{person}. {twist}."),
                       "*looks at {person}, feeling {feeling}*", "i take the {product} and run", ("let's start over, "
                       "{genre}, you are "
                       "{hero}")), alternatives("*nods*|and then?|continue|i attack|*laughs* why|go on|we ride to "
                       "{town}"), care=0.2),
    "cook": Kind(4, "mobile web", ("what can I make with {food} and {food}, {diet}", "{food} recipe {diet}",
        ("swap for {food} in a {food} "
                 "pie?"), "week plan {diet}, no {food}", "how long does cooked {food} keep", ("scale to {#3-30} "
                 "people: {food} with "
                 "{food}")), FOLLOW_UPS, care=0.3),
    "patient": Kind(4, "mobile web", ("I have {symptom} and {symptom}, should I worry", "{symptom} since {weekday}",
        ("what to ask the "
                    "doctor about {symptom}"), "my {relative} has {symptom}, age {#4-90}"), FOLLOW_UPS, care=0.3),
    "traveller": Kind(4, "mobile web", ("{#2-9} days in {town} with my {relative}, {tone} pace", ("{town} to {town} "
        "by train?"), ("{town} in "
                      "{#1-28} February, what to pack"), "vegetarian places near the station in {town}", ("is {town} "
                      "safe alone")), FOLLOW_UPS),
    "job_hunter": Kind(5, "web", ("cover letter, {job} at {company}, {#2-20} years of experience", ("interview "
        "questions for a {job}"),
                       "make my CV {tone}\n\n{para}", "answer: why did you leave {company}", ("salary for a {job} in "
                       "{town}?")), FOLLOW_UPS),
    "tinkerer": Kind(4, "mobile web", ("my {device} {fault}", "{device} {fault} after {weekday}, warranty over",
        ("cheap fix: {device} "
                     "{fault}"), "{craft} plans, {#40-240} cm wide", "which glue for a {craft}", ("{craft} went "
                     "wrong, {fault} lol")), FOLLOW_UPS),
    "gardener": Kind(2, "mobile", ("leaves of my {plant} turn yellow in {town}", "when to plant {plant}", ("{plant} "
        "next to {plant}?"),
                     "slugs on {plant}, no poison, i have a {animal}"), FOLLOW_UPS),
    "pet_owner": Kind(3, "mobile web", ("my {animal} ate {food}", "{animal} is {#1-15} years old and sleeps all day",
        "name for a {animal}",
                      "introduce a {animal} to a {animal}"), FOLLOW_UPS, care=0.2),
    "confider": Kind(4, "mobile web", ("my {relative} {deed} and I feel {feeling}", ("how do i tell my {relative} "
        "that I'm {feeling}"),
                     "text to my {relative}, {tone}: {deed}?", "am I wrong to be {feeling}? {relative} {deed}"),
                     FOLLOW_UPS, care=0.2),
    "law_asker": Kind(3, "web", ("{law} in {town}, what are my rights", "letter to {company} about {law}, {tone}",
        ("is this clause fair "
                      "({law})?\n\n{para}"), "deadline for {law}? started {#1-30}.{#1-12}."), FOLLOW_UPS, care=0.6),
    "gamer": Kind(3, "web mobile", ("{game}: build for {hero}", "one-shot for {game}, {genre}, {#2-6} players",
        "{game} beginner mistakes",
                  "stat block: {animal} of {town}, level {#1-20}", "stuck in {game}, {fault}"), FOLLOW_UPS, care=0.2),
    "athlete": Kind(2, "mobile", ("{sport} plan, {#6-20} weeks, {symptom}", ("{sport} from {#1-9} to {#10-40}, "
        "possible?"), ("{food} before "
                    "{sport}?")), FOLLOW_UPS),
    "learner": Kind(4, "mobile web", ("how do you say '{phrase}' in {lang}", "correct my {lang}: {phrase}",
        ("{lang} story with {hero}, level "
                    "A2"), "{#5-25} {lang} words about {food}", "grammar in '{phrase}' ({lang})"), FOLLOW_UPS),
    "analyst": Kind(4, "web python", ("what stands out in {metric}?\n\n{csv}", "SQL for {metric} by {town}, weekly",
        ("explain a drop of "
                    "{#3-60}% in {metric} to my {relative} (CEO)"), "chart type for {metric} against {metric}",
                    ("formula for "
                    "{metric}, refunds out")), FOLLOW_UPS, care=0.6),
    "office": Kind(7, "web", ("make this {tone}\n\n{letter}", "summarise in {#2-7} points\n\n{letter}", ("agenda for "
        "{weekday}: {metric}, {law} "
                   "and {event}"), "minutes from my notes\n\n{para}", "decline the {event} on {weekday}, {tone}",
                   ("slides on {metric}, "
                   "{#4-15} pages")), FOLLOW_UPS, care=0.6),
    "teacher": Kind(4, "web", ("lesson on {subject}, {#25-90} minutes, {#12-34} pupils", ("{#5-20} questions on "
        "{subject}, three levels"), ("comment "
                    "for {person}, strong in {subject}, weak in {subject}"), "rubric: {subject}"), FOLLOW_UPS,
                    care=0.8),
    "musician": Kind(2, "web", ("{music}", "{music}, {tone}", "ideas: {music} for a {event}", "{music} or {music}?"),
        FOLLOW_UPS),
    "planner": Kind(3, "mobile web", ("{event} for {#8-150} people in {town}, budget {#300-9000}", ("speech for my "
        "{relative}'s {event}, {tone}"),
                    "games for a {event}", "present for a {relative} who likes {sport} and {food}"), FOLLOW_UPS),
    "nightly": Kind(4, "nightly script", ("Classify: {para}", "{para}", "Extract names and dates.\n\n{letter}",
        "{log}"), (), (
        "Return JSON with keys topic, tone, {my_metric}. Nothing else.", ("Summarise the text for {my_company} in "
        "{#1-3} sentences."),
        "You tag support mail of {my_company}. Labels: billing, {my_law}, {my_product}, other.", ("Find anomalies "
        "for {my_module}.")), care=1.0),
    "startup": Kind(4, "python node", ("{ask}", "Input: {para}\nTask: {metric}", "User {person} wrote: {ask}",
        "{phrase} -> {lang}", "{letter}"),
                    ("{ask}", "shorter"), (("You power {my_company}, an app for {my_craft} and {my_sport}. Answer as "
                    "{my_hero}, {my_tone}."),
                    "As the {my_company} engine, score {my_metric} from 0 to {#5-100} and explain."), 2),
    "spanish": Kind(3, "mobile web", ("ayúdame con {es_cosa}", "cómo hago con {es_cosa}? tengo {#2-90} euros",
        ("explícame {es_cosa} en "
        "{#2-9} frases"), "texto corto sobre {es_cosa} para {person}", "{es_cosa} y {es_cosa}, qué hago primero",
        "opina de {es_cosa}"),
        ("más corto", "gracias", "sigue", "y si es {es_cosa}?", "no entiendo", "en una tabla", "otra vez"), care=0.3),
    "german": Kind(3, "mobile web", ("was tun: {de_sache}", "{de_sache}, {#2-30} Tage Zeit", ("Erklär mir {de_sache} "
        "in {#2-9} Sätzen"), ("Brief "
        "wegen {de_sache} an {person}"), "{de_sache} oder {de_sache}?", ("ich brauche Hilfe, {de_sache}. budget "
        "{#20-900} euro")),
        ("kürzer", "danke", "weiter", "und bei {de_sache}?", "verstehe ich nicht", "als Liste", "förmlicher bitte"),
        care=0.4),
    "portuguese": Kind(2, "mobile", ("me ajuda com {pt_coisa}", "{pt_coisa} em {#2-20} passos", ("texto sobre "
        "{pt_coisa} para {person}"),
        "como explico {pt_coisa} e {pt_coisa}", "{pt_coisa}, tenho {#20-900} reais"), ("mais curto", "valeu",
        "continua", "e {pt_coisa}?",
        "não entendi"), care=0.2),
    "founder": Kind(3, "web", ("pitch: {product} for {job}s in {town}", "name for a firm that sells {product}",
        ("is {metric} of {#2-40}% good for "
                    "{product}"), "mail to an investor at {company}, {tone}", "who competes with {company}"),
                    FOLLOW_UPS),
}  # fmt: skip


def person_tasks(
    rng: Random, kinds: Sequence[Kind], *, share: float = 0.35, tables: Tables | None = None
) -> Iterator[Task]:
    """Yield the tasks of one person who is of *kinds*, the first most of the time."""
    words = {**TABLES, **(tables or {})}
    served = bool(kinds[0].systems) and not kinds[0].tools
    tongue = Tongue(rng, words, 1.0 if served else share)
    english = served or kinds[0].follow_ups in (FOLLOW_UPS, _CODE_FOLLOW) or bool(kinds[0].tools)
    voice = Voice(rng, kinds[0].care, english)
    openings = [rng.sample(list(k.openings), max(2, round(len(k.openings) * rng.uniform(0.5, 1.0)))) for k in kinds]
    system = tongue.say(rng.choice(kinds[0].systems)) if kinds[0].systems else None
    digest = f"tl_{rng.getrandbits(40):010x}" if kinds[0].tools else None
    talkative = 0.0 if served or kinds[0].tools or not english else rng.uniform(0.0, 0.5)
    while True:
        if served:
            voice = Voice(rng, kinds[0].care)
        pick = 0 if rng.random() < 0.8 else rng.randrange(len(kinds))
        kind = kinds[pick]
        ups = kind.follow_ups or kinds[0].follow_ups
        later = (
            tuple(voice.type(tongue.say(rng.choice(ups)), opening=False) for _ in range(rng.randint(1, 4)))
            if ups
            else ()
        )
        asked = tongue.say(rng.choice(openings[pick]))
        if "\n\n" not in asked and rng.random() < talkative:
            asked += ("" if asked[-1] in ".?!:" else ".") + " " + tongue.say(rng.choice(_CONTEXTS))
        prompt = voice.type(asked)
        yield Task(prompt, system, later, kinds[0].tools, digest)


def ordinary_member(rng: Random) -> Member:
    """Return one ordinary customer."""
    names, weights = list(KINDS), [k.weight for k in KINDS.values()]
    chosen = [KINDS[name] for name in rng.choices(names, weights, k=rng.choice((1, 1, 2, 3)))]
    sort = rng.choice(chosen[0].clients.split())
    served = sort in ("python", "node", "bot", "nightly", "script")
    agent, fingerprint = client(rng, sort)
    if served:
        chosen = chosen[:1]
    where = [address(rng, "cloud")] * 3 + [address(rng, "cloud")] * rng.randint(0, 1) if served else home_set(rng)
    who = account(rng, paid=0.9 if served else 0.45, own_domain=0.5 if served else 0.1)
    models = rng.choice((("large-1",), ("large-1",), ("small-1",), ("large-1", "small-1")))
    return Member(who, person_tasks(Random(rng.getrandbits(64)), chosen), agent, fingerprint, where, models)
