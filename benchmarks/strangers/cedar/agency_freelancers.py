"""Freelancers of a content agency that deals briefs to them; each writes with an account of their own."""

from collections.abc import Iterator
from random import Random

from strangers.cedar.loom import dealt, listed, merged, queue, voice, weave
from strangers.cedar.ordinary import person
from strangers.cedar.people import account, browser, home
from strangers.cedar.words import WORDS
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_SITES: dict[str, dict[str, list[str]]] = {
    "mattresses": {
        "thing": listed("memory foam mattress,bed frame,weighted blanket,cooling pillow,sofa bed,mattress topper"),
        "facet": listed("for side sleepers,under {money},for back pain,in small flats,for hot sleepers,warranty"),
    },
    "personal finance": {
        "thing": listed("high-yield savings account,balance transfer card,index fund,term life policy,HSA"),
        "facet": listed("for freelancers,fees,after {30-60},versus cash,tax rules,for couples,minimums"),
    },
    "pet care": {
        "thing": listed("puppy crate,grain-free kibble,cat litter,dog insurance,flea treatment,harness"),
        "facet": listed("for seniors,for a {animal},side effects,cost,training,for flats,vet advice"),
    },
    "home improvement": {
        "thing": listed("quartz worktop,heat pump,vinyl plank,roof vent,gutter guard,smart thermostat"),
        "facet": listed("cost in {place},installation,pros and cons,DIY,mistakes,lifespan,noise"),
    },
    "software reviews": {
        "thing": listed("CRM,time tracker,password manager,invoice tool,VPN,help desk,form builder"),
        "facet": listed("for {2-50} people,free plans,alternatives,pricing 202{4-6},security,integrations"),
    },
    "travel": {
        "thing": listed("{place} food tour,{place} with kids,campervan hire,travel card,carry-on bag,night train"),
        "facet": listed("in {month},on {money},itinerary,mistakes,for couples,safety,what to pack"),
    },
    "health": {
        "thing": listed("magnesium,cold plunge,standing desk,protein powder,sleep tracker,collagen"),
        "facet": listed("benefits,dosage,for women over {40-60},myths,before bed,research,side effects"),
    },
    "law for consumers": {
        "thing": listed("car accident claim,lemon law,slip and fall,wage claim,eviction,small claims"),
        "facet": listed("in {place},deadlines,average payout,what to bring,without a lawyer,FAQ"),
    },
    "motoring": {
        "thing": listed("all-season tyre,used hybrid,dash cam,EV charger,brake pad,roof box"),
        "facet": listed("in winter,under {money},lifespan,for families,when to replace,range,noise"),
    },
    "marketing": {
        "thing": listed("email sequence,local SEO,landing page,referral scheme,podcast ad,link building"),
        "facet": listed("for dentists,for roofers,examples,metrics,budget,checklist,in {place}"),
    },
}
_BRIEF = {
    "title": [
        "{thing!} {facet!}: a guide",
        "The best {thing!} {facet!} in 202{5-6}",
        "{3-15} things about a {thing!} {facet!}",
        "Is a {thing!} worth it {facet!}?",
        "How to choose a {thing!} {facet!}",
        "{thing!}: {facet!} explained",
        "What nobody tells you about a {thing!} {facet!}",
    ],
    "heading": listed(
        "What is a {thing!}?,{thing!} {facet},Who needs it,How we tested,Costs and {facet},FAQ,"
        "Common mistakes,{thing!} vs {thing},Verdict,When to ask a professional,Checklist"
    ),
    "term": ["{thing!} {facet}", "best {thing!}", "{thing} near {place}", "cheap {thing}", "{thing!} review"],
}
_FORMS = (
    (
        "BRIEF #{no}\nSite: {site} ({niche})\nWorking title: {title}\nPrimary keyword: "
        "{thing!} {facet!}\nSecondary: {term}, "
        "{term}, {term}\nLength: {lo}-{hi}\nTone: {voice}\nH2s: {heading} / {heading} / "
        "{heading}\nLinks: {n} internal\nNotes: "
        "no fluff intro, second person, no claims without source. Due {weekday}."
    ),
    (
        "[{no}] {title}\nKW: {thing!} {facet!}; {term}; {term}\n{lo} words, {voice}. "
        "Outline:\n1. {heading}\n2. {heading}\n"
        "3. {heading}\n4. {heading}\nCTA: newsletter. Competitor to beat: {firm!} blog."
    ),
)
_ASKS = (
    "Write the article for this brief:\n\n{b}",
    "{b}\n\nwrite it, human sounding",
    "Give me an outline first.\n\n{b}",
    "{b}\n\nJust the intro and the first two sections.",
    "I need an article. {t}. {k} words.",
    "{b}",
    "Draft this, short paragraphs, no 'in today's fast-paced world':\n{b}",
    "Ideas for a hook for '{t}'?",
    "facts and stats i could use for: {t}",
    "Improve my draft of '{t}' for flow, I paste it in the next message. Brief:\n{b}",
)
_LATER = (
    "now section 2",
    "next section",
    "continue",
    "Too generic, add examples",
    "shorter intro",
    "FAQ with {3-6} questions",
    "meta description under 155 characters",
    "reads like AI. loosen it",
    "add the keyword {2-5} times",
    "conclusion pls",
    "rewrite the {2-4}. part, {tone}",
    "3 title options",
    "make the table",
    "ok but {size}",
)


def _brief(rng: Random, place: int, name: str) -> tuple[str, str, int]:
    batch = Random(f"{name}/{place // 18}")
    niche = batch.choice(sorted(_SITES))
    firm, tone, words = (
        batch.choice(WORDS["firm"]),
        batch.choice(WORDS["tone"]),
        batch.choice((700, 900, 1200, 1500, 2000)),
    )
    tables = merged(WORDS, _SITES[niche], _BRIEF, {"firm": [firm]})
    tables["thing"] = rng.sample(list(_SITES[niche]["thing"]), 3)
    form = (
        _FORMS[batch.randrange(2)].replace("{no}", str(4100 + place)).replace("{site}", firm).replace("{niche}", niche)
    )
    form = form.replace("{lo}", str(words)).replace("{hi}", str(words + 300)).replace("{voice}", tone)
    text = weave(rng, form.replace("{n}", str(batch.randint(1, 4))), tables)
    title = next((line for line in text.split("\n") if "title:" in line or line.startswith("[")), text)
    return text, title.split(": ", 1)[-1] if "title:" in title else title.split("] ", 1)[-1], words


def _writer(rng: Random, place: int, n: int, name: str) -> Iterator[Task]:
    briefs = dealt(queue(name, _brief), place, n)
    own_life, say = person(rng), voice(rng)
    ways, private = rng.sample(_ASKS, rng.choice((1, 2, 2, 3))), rng.choice((0.0, 0.1, 0.2, 0.4))
    later = rng.sample(_LATER, 6)
    while True:
        if rng.random() < private:
            yield next(own_life)
            continue
        text, title, words = next(briefs)
        ask = rng.choice(ways).replace("{b}", text).replace("{t}", title).replace("{k}", str(words))
        if not ask.startswith(("BRIEF", "[")):
            ask = say(rng, ask)
        yield Task(ask, None, [weave(rng, rng.choice(later), WORDS) for _ in range(rng.randint(1, 6))])


def _members(rng: Random, n: int) -> list[Member]:
    made, name = [], f"{rng.getrandbits(64):x}"
    for place in range(n):
        own = Random(rng.getrandbits(64))
        client = browser(own)
        made.append(
            Member(
                account(own, paid=0.6),
                _writer(own, place, n, name),
                client.user_agent,
                client.fingerprint,
                home(own),
                own.choice((("large-1",), ("large-1",), ("small-1",))),
            )
        )
    return made


CROWD = Crowd(
    name="agency_freelancers",
    author="cedar",
    sentence="Freelancers who write articles from briefs that an agency deals, on private accounts that share nothing.",
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(per_day=3.5, spread=0.6, active_days=0.65, hours=(7.0, 23.5), follow_up=0.6, answer_tokens=620.0),
    members=_members,
    usual_size=200,
    notes="Up to two fifths of a freelancer's traffic is private. The list comes in batches of 18 briefs per site.",
)
