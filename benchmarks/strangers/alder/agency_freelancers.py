"""Freelancers with private accounts who write the articles of one agency, each brief dealt to one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from strangers.alder.grammar import Voice, dealt, voice_of
from strangers.alder.kinds import ALL, KINDS, choose, tasks_of
from strangers.alder.people import browser, fingerprint, home, private_account
from strangers.contract import Crowd, Habits, Member, Task

_TEXT = {
    "headline": (
        "How to choose a {product=p} for {industry=i}",
        "{5-15} mistakes {industry=i} make with {noun=n}s",
        "{product=p} or {product}: which suits {hobby}?",
        "What {topic=t} means for {industry=i}",
        "The complete guide to {hobby=h} in {city}",
        "Why {industry=i} need better {skill} in 2026",
        "{5-21} {adj} ideas for {occasion}",
        "{product=p} care: {adj} tips that work",
        "Is {topic=t} worth it for {industry=i}?",
        "Moving to {city}: {topic=t}, rents and {hobby}",
        "A beginner's look at {topic=t} and {topic}",
        "What does a {job} earn in {city}?",
        "{adj} alternatives to a {product=p} under {money}",
    ),
    "adj": (
        "simple",
        "cheap",
        "overlooked",
        "expert",
        "winter-proof",
        "family-friendly",
        "sustainable",
        "smart",
        "budget",
    ),
    "heading": (
        "What is it?",
        "Costs in {city}",
        "Common mistakes with {skill}",
        "{product}s compared",
        "How {industry} do it",
        "Step by step",
        "FAQ",
        "When to call a {job}",
        "What about {topic}?",
        "Final thoughts",
    ),
}
_G = ALL.with_tables(_TEXT)
_CLIENTS = tuple(_G.say(Random(f"clients/{k}"), "{company}") for k in range(70))


@dataclass(frozen=True, slots=True)
class _Brief:
    text: str
    title: str
    keyword: str
    heads: tuple[str, ...]
    words: int
    client: str


def _brief(rng: Random, index: int) -> _Brief:
    """Return the brief at *index*; a client orders a dozen articles in a row."""
    order = Random(f"order/{index // 12}")
    client, trade, tone = order.choice(_CLIENTS), _G.draw(order, "industry"), _G.draw(order, "tone")
    kept = {"industry=i": trade}
    title = _G.draw(rng, "headline", kept)
    keyword = (
        (kept.get("product=p") or kept.get("topic=t") or kept.get("hobby=h") or trade)
        + " "
        + rng.choice(("guide", "cost", "near me", "tips", "2026", "for beginners"))
    )
    heads = tuple(_G.draw(rng, "heading") for _ in range(rng.randint(3, 6)))
    words = rng.choice((600, 800, 1000, 1200, 1500, 2000))
    text = (
        f"BRIEF #{41000 + index}\nClient: {client}\nTitle: {title}\nMain keyword: "
        f"{keyword}\nWords: {words}\nTone: {tone}\n"
        f"Outline:\n- "
        + "\n- ".join(heads)
        + f"\nLinks: {rng.randint(1, 4)} internal. No AI phrases, no 'in today's world'."
    )
    return _Brief(text, title, keyword, heads, words, client)


_WAYS = (
    "{text}\n\n{go}",
    "{text}",
    "Write about '{title}', around {words} words, keyword {keyword}.",
    "intro for an article called {title}, don't start with a question",
    "outline for '{title}'. must have: {heads}",
    "{go} section '{head}' of {title} (kw: {keyword})",
    "facts and numbers I could use in: {title}",
    "title: {title}\nh2: {heads}\n{go}, {words} w",
    "my draft of '{head}' for {client}: {draft}\nimprove it",
    "meta description and slug: {title} / {keyword}",
)
_GO = (
    "Write the full article.",
    "please write this",
    "Draft it section by section",
    "first version pls",
    "write it like a human",
    "Give me a first draft I can rework.",
    "write",
)
_NEXT = (
    "next section: {head}",
    "now '{head}'",
    "more examples",
    "less salesy",
    "continue",
    "use {keyword} twice more",
    "shorter sentences please",
    "add a table",
    "FAQ with {n} questions",
    "that sounds like AI, redo",
    "thanks",
)


def _work(seed: str, place: int, n: int, rng: Random, voice: Voice) -> Iterator[Task]:
    ways, go = rng.sample(_WAYS, rng.randint(1, 4)), rng.choice(_GO)
    own = tasks_of(choose(rng, [k for k in KINDS if k.client == "web"]), rng, voice)
    private = rng.choice((0.0, 0.1, 0.2, 0.4))
    for brief in dealt(seed, place, n, _brief, batch=2):
        while rng.random() < private:
            yield next(own)
        for way in rng.sample(ways, rng.randint(1, min(2, len(ways)))):
            yield Task(
                _fill(rng, way, brief, go, voice),
                follow_ups=[_fill(rng, rng.choice(_NEXT), brief, go, voice) for _ in range(rng.randint(1, 6))],
            )


def _fill(rng: Random, way: str, brief: _Brief, go: str, voice: Voice) -> str:
    said = voice.speak(rng, way) if "{text}" not in way else way
    values = {
        "text": brief.text,
        "title": brief.title,
        "words": str(brief.words),
        "keyword": brief.keyword,
        "heads": ", ".join(brief.heads),
        "head": rng.choice(brief.heads),
        "client": brief.client,
        "go": go,
        "n": str(rng.randint(3, 8)),
        "draft": _G.say(rng, "{storyline} {mail_body} {adj} {product}s help {industry}."),
    }
    for key, value in values.items():
        said = said.replace("{" + key + "}", value)
    return said


def _members(rng: Random, n: int) -> Sequence[Member]:
    seed, members = f"briefs/{rng.getrandbits(64)}", []
    for place in range(n):
        mine = Random(f"{rng.getrandbits(64)}")
        agent = browser(mine)
        members.append(
            Member(
                account=private_account(mine),
                tasks=_work(seed, place, n, mine, voice_of(mine)),
                user_agent=agent,
                client_fingerprint=fingerprint(agent),
                addresses=home(mine),
            )
        )
    return members


CROWD = Crowd(
    name="agency_freelancers",
    author="alder",
    sentence=(
        "Freelancers on private accounts write an agency's articles from dealt briefs, each in a manner of their own."
    ),
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(
        per_day=4.0,
        spread=0.7,
        active_days=0.6,
        hours=(6.0, 23.0),
        answer_tokens=700.0,
        answer_spread=0.7,
        follow_up=0.6,
    ),
    members=_members,
    usual_size=200,
    notes="A client orders a dozen articles in a row; private errands come between the briefs.",
)
