"""A firm with a contract for synthetic data, whose accounts work through one dealt list in the open."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from strangers.contract import Crowd, Habits, Member, Task
from strangers.dogwood.grammar import Tongue, alternatives, deal
from strangers.dogwood.identities import address, token
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD"]

_PROJECTS = {
    "dialogue": ("You generate training dialogues under contract SD-2291. Output JSON lines with role and text.", (
        ("Dialogue, {#4-14} turns. Customer: {hero}. Agent of {company}. Matter: {ask}. Mood: {feeling}. Outcome: "
        "{outcome}."),
        "Persona: a {job} from {town}, {feeling}. Topic: {law}. Turns: {#3-12}. Register: {tone}. Level: {level}.")),
    "questions": ("You write exam items for the data set QG-4. Give question, solution and rationale.", (
        "Subject: {subject}. Type: {sort}. Difficulty: {level}. Include the number {#2-900}. Audience: {job}.",
        "Combine {subject} with {subject} in one item. Type: {sort}. Difficulty: {level}. Setting: {town}.")),
    "documents": ("You write realistic but fictitious documents. No real persons. Markdown.", (
        ("Document: {sort_doc}. Sender: {company}, {town}. Receiver: {person}. Matter: {product}, {fault}. Length: "
        "{#80-900} words."),
        "Document: {sort_doc} about {metric} of {company}. Tone: {tone}. Insert {#1-6} contradictions. Table: {yes}.")),
    "code": ("You produce instruction and solution pairs for code. Solution must run.", (
        "Language: {stack}. Task: {aim}. Constraint: function is called {module}. Level: {level}. Tests: {#2-9}.",
        ("Bug to plant: {module} in {stack} should {aim} but does not. Level: {level}. Explain the bug in {#20-120} "
        "words."))),
    "classify": ("You write short user messages for intent detection. Ten variants, one a line.", (
        "Intent: {ask}. Region: {town}. Typos: {level}. Persona: {job}.", ("Intent: complaint. Object: {product}, "
        "{fault}. Persona: {hero}."))),
}  # fmt: skip
_WORDS = {
    "level": alternatives("1|2|3|4|5"), "yes": alternatives("yes|no"), "outcome": alternatives("solved|escalated|"
        "refused|refund|call back"),
    "sort": alternatives("multiple choice|open|proof|numeric|true or false|case study"),
    "sort_doc": alternatives("invoice|tender|memo|complaint|contract annex|minutes|incident report|press release|"
        "product sheet|policy"),
}  # fmt: skip


def item(seed: int, number: int) -> Task:
    """Return item *number* of the firm's list, which goes through the projects in lots of 600."""
    rng = Random(f"{seed}/item/{number}")
    system, shapes = list(_PROJECTS.values())[number // 600 % len(_PROJECTS)]
    shape = shapes[number // 75 % len(shapes)]
    return Task(Tongue(rng, {**TABLES, **_WORDS}).say(shape) + f" [row {number:06d}]", system)


def _rows(seed: int, place: int, n: int) -> Iterator[Task]:
    for number in deal(seed, place, n):
        yield item(seed, number)


def members(rng: Random, n: int) -> list[Member]:
    """Return the *n* accounts of the firm: workers of its pipeline, opened with the contract or later."""
    seed, organization, card, phone = rng.getrandbits(40), token(rng, "org"), token(rng, "pf"), token(rng, "ph")
    machines, start = [address(rng, "cloud") for _ in range(3)], datetime(2025, rng.randint(3, 9), 4, 9, tzinfo=UTC)
    found = []
    for place in range(n):
        who = {
            "created_at": start + timedelta(days=(0, 0, 41, 97)[place % 4], minutes=7 * place),
            "organization_id": organization,
            "email": f"pipeline{place:02d}@veridata-corp.com", "email_domain": "veridata-corp.com",
            "payment_fingerprint": card,
            "phone_digest": phone, "device_fingerprint": None, "referrer": "sales", "declared_country": "US",
            "verification": "business", "plan": "enterprise",
        }  # fmt: skip
        tasks = _rows(seed, place, n)
        found.append(
            Member(who, tasks, "provider-python/1.61.0", "t13d1512h2_vdpipe", machines, ("large-1",), organization)
        )
    return found


CROWD = Crowd(
    name="licensed_customer",
    author="dogwood",
    sentence="A verified firm with a contract for synthetic data, whose accounts are dealt the rows of one list.",
    is_harvest=False,
    one_list=True,
    accountability="operator",
    habits=Habits(
        per_day=90.0, spread=0.15, active_days=0.95, hours=(0.0, 24.0), answer_tokens=520.0, answer_spread=0.5,
        follow_up=0.0,
        max_output_tokens=2048, temperature=1.0, stream=False,
    ),
    members=members,
    usual_size=24,
)  # fmt: skip
