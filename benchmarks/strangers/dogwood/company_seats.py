"""One company's seats: one organization, card and office, shared assistants, and people of all trades."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import Tables, Tongue, alternatives
from strangers.dogwood.identities import account, address, mail, token
from strangers.dogwood.kinds import FOLLOW_UPS, KINDS, Kind, person_tasks
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD"]

_TRADES: dict[str, Kind] = {
    "support": Kind(6, "web", ("reply to {company}, {tone}\n\n{letter}", ("ticket #{#1000-99999}: {product} {fault}, "
        "known?"), "macro for '{ask}'",
                    "summary of this thread\n\n{letter}", "is {fault} covered by warranty after {#6-48} months"),
                    FOLLOW_UPS),
    "sales": Kind(6, "web", ("offer mail to {person} at {company}, {#5-900} units of {product}", ("objection: too "
        "expensive vs {company}. answer?"),
                  "notes to CRM format\n\n{para}", "questions for a first call with {company}", ("follow-up after "
                  "{weekday}, {tone}")), FOLLOW_UPS),
    "people": Kind(3, "web", ("job ad: {job}, {town}, {tone}",
        "feedback for {person}: good at {metric}, weak at {law}", ("policy on {law} in plain "
                   "words"), "onboarding plan for a {job}", "mail about the {event} on {weekday}"), FOLLOW_UPS),
    "finance": Kind(4, "web", ("variance of {metric}, comment\n\n{csv}", "Excel formula: sum per month if {town}",
        ("dunning letter {#1-3} to {company}, "
                    "{#200-90000} EUR"), "accrual for {law}?", "explain {metric} drop {#2-30}% for the board"),
                    FOLLOW_UPS),
    "plant": Kind(4, "mobile web", ("line {#1-9} {fault}, checklist", "8D report, {product} {fault}, lot {#100-9999}",
        "shift handover\n\n{para}",
                  "risk assessment: {device} {fault}", "5S audit form for hall {#1-6}"), FOLLOW_UPS, care=0.3),
    "buyers": Kind(2, "web", ("compare quotes\n\n{csv}", "claim to {company}: {product} {fault}", ("incoterms to "
        "{town}?"), ("{company} raises "
                   "{#2-25}%, counter, {tone}")), FOLLOW_UPS),
    "engineers": Kind(5, "web", ("tolerance stack for {#2-9} parts", "FMEA row: {device} {fault}", ("spec wording "
        "for {product}, minus {#5-40} to {#40-90} C"),
                      "test plan {product}, {#2-9} samples", "datasheet text\n\n{para}"), FOLLOW_UPS, care=0.7),
}  # fmt: skip
_MIX = (
    *(name for name, kind in _TRADES.items() for _ in range(kind.weight)), *("developer",) * 6, *("ide_agent",) * 3,
        *("marketer",) * 3,
    *("office",) * 6, "analyst", "analyst", "law_asker", "learner", "teacher",
)  # fmt: skip
_GOODS = alternatives(
    "flow valve FV-{#10-99}|pump P{#100-900}|sensor kit S{#1-9}|controller C{#10-40}|seal set {#100-999}|service "
    "contract|spare filter|training day|"
    "gateway G{#1-5}|pressure switch|mounting plate|retrofit kit R{#1-30}"
)


def _seat(rng: Random, kinds: list[Kind], words: Tables, system: str | None) -> Iterator[Task]:
    """Yield the tasks of one seat under the assistant that its department has."""
    for task in person_tasks(rng, kinds, tables=words):
        yield task if kinds[0].tools or rng.random() < 0.1 else replace(task, system_prompt=system)


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* seats of one company."""
    free = Tongue(rng, TABLES)
    name = free.say("{person}").split()[1]
    domain, organization, card = f"{name.lower()}-systems.com", token(rng, "org"), token(rng, "pf")
    offices = [address(rng), address(rng), address(rng, "cloud")]
    words = {"product": [free.say(text) for text in _GOODS], "company": [free.say("{company}") for _ in range(40)]}
    words["town"] = rng.sample(list(TABLES["town"]), 9)
    systems = [
        (
            f"You are Ask{name}, the assistant of {name} Systems. Confidential. Follow the style guide: short, active, "
            f"metric units."
        ),
        f"You are Ask{name} for customer service of {name} Systems. Never admit liability. Sign as the Service Team.",
        f"You are Ask{name} Finance. Use IFRS terms. No advice on tax.",
        f"You are Ask{name} for engineers. Cite norms where you know them. Units SI.",
    ]
    start = account(rng, age_days=(200, 420))["created_at"]
    found = []
    for _ in range(n):
        trade = rng.choice(_MIX)
        kinds = [_TRADES.get(trade) or KINDS[trade]]
        kinds += (
            [KINDS[rng.choice(("office", "learner", "traveller", "cook", "planner"))]] if rng.random() < 0.4 else []
        )
        pick = {"support": 1, "sales": 0, "finance": 2, "engineers": 3, "plant": 3}.get(trade, 0)
        who = {
            "created_at": start + timedelta(days=rng.choice((0, 0, 0, 14, rng.randint(1, 190))),
            minutes=rng.randint(0, 500)),
            "organization_id": organization, "email": mail(rng, domain)[0], "email_domain": domain,
            "payment_fingerprint": card,
            "phone_digest": None, "device_fingerprint": token(rng, "dv"), "referrer": None, "declared_country": "DE",
            "verification": "business", "plan": "enterprise",
        }  # fmt: skip
        home = address(rng)
        where = [offices[0]] * rng.randint(0, 4) + [rng.choice(offices)] * 2 + [home] * rng.randint(0, 4)
        web = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/133.0.0.0 Safari/537.36 "
        "Edg/133.0.0.0"
        agent = "codemate-vscode/2.61.0" if kinds[0].tools else web if rng.random() < 0.85 else "assistant-ios/3.6.1"
        print_ = f"t13d1516h2_{'cm261' if kinds[0].tools else 'ios361' if 'ios' in agent else 'edg133'}"
        tasks = _seat(Random(rng.getrandbits(64)), kinds, words, systems[pick])
        found.append(Member(who, tasks, agent, print_, where, ("large-1",), organization))
    return found


CROWD = Crowd(
    name="company_seats",
    author="dogwood",
    sentence="The seats of one company, at its offices and at home, with shared assistants and work of all trades.",
    is_harvest=False,
    one_list=False,
    accountability="operator",
    habits=Habits(per_day=6.0, spread=0.9, active_days=0.6, hours=(6.0, 19.0), answer_tokens=230.0, follow_up=0.4),
    members=members,
    usual_size=300,
)
