"""Translators of one marketplace, each with clients, texts and languages of its own."""

from collections.abc import Iterator
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import Tongue, Voice, alternatives
from strangers.dogwood.identities import account, client, home_set
from strangers.dogwood.translation_texts import SENTENCES
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD"]

_ASKS = alternatives(
    "Translate into {to}, {tone}, for {client}:|{to} please:|{from} to {to}, keep the numbers:|post-edit my {to} "
    "draft, source below|Is "
    "there a better {to} wording for this?|translate, client {client} wants {tone}|{client}, job {#1000-99999}, "
    "into {to}:|Check terms and "
    "register ({to})|subtitle style, max {#30-42} characters a line, {to}"
)
_MARKET = (
    "You are a professional translator from {from} into {to}. Keep format, numbers and names. Field: {field}. "
    "Return only the text."
)
_OWN = (
    None,
    None,
    None,
    "Glossary of {client}: {gloss}. Use it always.",
    ("I translate {field}. {to} variant: {tone}. No comments."),
)
_FOLLOW = alternatives(
    "more {tone}|second sentence is too literal|alternatives for the last word?|use the formal you|shorter, it must "
    "fit {#20-80} characters|"
    "back-translate it|thanks|client {client} prefers the other term|why this tense?|next part, same style|as a "
    "list of terms"
)
_FIELDS = alternatives(
    "contracts|hotels|medical leaflets|machine "
    "manuals|novels|e-commerce|certificates|games|wine|subtitles|patents|tenders"
)
_TERMS = alternatives(
    "Auftrag = order|bail = lease|caution = deposit|wiring = Verdrahtung|feature = Funktion|quest "
    "= misja|fee = ücret|terroir (keep)"
)


def _jobs(rng: Random) -> Iterator[Task]:
    """Yield the jobs of one translator, who works in one or two directions for some clients."""
    langs = list(SENTENCES)
    home = rng.choice(langs[:-1])
    pairs = [("English", home), (home, "English"), (rng.choice([x for x in langs if x != home]), home)][
        : rng.randint(1, 3)
    ]
    words = {**TABLES, "client": TABLES["company"], "gloss": _TERMS, "field": rng.sample(_FIELDS, 2)}
    tongue, voice = Tongue(rng, words, 0.4), Voice(rng, 0.8)
    clients = [tongue.say("{company}") for _ in range(rng.randint(2, 7))]
    asks, shape = rng.sample(_ASKS, 4), rng.choice((*_OWN, _MARKET, _MARKET, _MARKET))
    system = {pair: shape and tongue.say(shape.replace("{from}", pair[0]).replace("{to}", pair[1])) for pair in pairs}
    stocks = {lang: rng.sample(texts, max(5, len(texts) * 2 // 3)) for lang, texts in SENTENCES.items()}
    while True:
        pair, who = pairs[0] if rng.random() < 0.7 else rng.choice(pairs), rng.choice(clients)
        stock = stocks[pair[0]]
        body = " ".join(tongue.say(text) for text in rng.sample(stock, rng.choice((1, 2, 3, 3, 4, 5))))
        ask = rng.choice(asks).replace("{client}", who).replace("{from}", pair[0]).replace("{to}", pair[1])
        prompt = body if system[pair] and rng.random() < 0.6 else voice.type(tongue.say(ask)) + "\n\n" + body
        later = tuple(
            voice.type(tongue.say(rng.choice(_FOLLOW).replace("{client}", who)), opening=False) for _ in range(3)
        )
        yield Task(prompt, system[pair], later)


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* translators; many came through the link on the marketplace's page."""
    found = []
    for _ in range(n):
        who = account(rng, paid=0.7, own_domain=0.25)
        if rng.random() < 0.55:
            who["referrer"] = "lingomarket"
        agent, fingerprint = client(rng, rng.choice(("web", "web", "web", "mobile", "python")))
        found.append(Member(who, _jobs(Random(rng.getrandbits(64))), agent, fingerprint, home_set(rng)))
    return found


CROWD = Crowd(
    name="translators",
    author="dogwood",
    sentence="Translators of one marketplace, some with its template of a system prompt, all with clients and texts "
    "of their own.",
    is_harvest=False,
    one_list=False,
    accountability="unknown",
    habits=Habits(per_day=12.0, spread=0.6, active_days=0.7, hours=(6.0, 20.0), answer_tokens=160.0, follow_up=0.3),
    members=members,
    usual_size=60,
)
