"""A reseller's sub-accounts: one payer and one gateway, and end customers with work of their own."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from strangers.contract import Crowd, Habits, Member
from strangers.dogwood.grammar import Tongue
from strangers.dogwood.identities import account, address, token
from strangers.dogwood.kinds import FOLLOW_UPS, KINDS, Kind, person_tasks
from strangers.dogwood.wordstock import TABLES

__all__ = ["CROWD"]

_BUILT: dict[str, Kind] = {
    "estate": Kind(3, "bot", ("flat in {town}, {#30-160} m2, {fault}: listing text", "answer: {ask}", ("{#2-6} rooms "
        "{town}, {tone}, {#60-200} "
                   "words"), "{law} for the tenant {person}?", "viewing mail\n\n{letter}"), FOLLOW_UPS,
                   ("You write for {my_company}, estate agents in {my_town}. {my_tone}. Never promise prices.",),
                   care=0.6),
    "clinic": Kind(3, "bot", ("{symptom}, need appointment {weekday}", "{ask}", "do you treat {symptom}",
        ("my {relative} has {symptom}, {#2-90} "
                   "years")), ("ok", "{weekday} then", "thanks"), (("Reception of Dr. {my_person}, {my_town}. Book, "
                   "never diagnose. Phone {#100-999}"
                   " {#1000-9999}."),), care=0.2),
    "school": Kind(2, "bot", ("i dont get {subject}", "{subject} vs {subject}", "check: {para}", ("{#3-9} exercises "
        "{subject}")), FOLLOW_UPS,
                   ("You tutor pupils of {my_town} academy in {my_subject} and {my_subject}. Ask back, do not solve.",
                   ), care=0.2),
    "press": Kind(2, "nightly", ("{para}", "Headline for: {para}", "{letter}"), (), (
        "Rewrite agency text for the {my_town} gazette, {my_tone}, at most {#60-200} words.",), care=1.0),
    "garage": Kind(2, "bot", ("{device} {fault}, price?", "{ask}", "part for {device}, {#1000-99999}",
        "quote\n\n{csv}"), ("ok", "how long?"), (
        "You are the parts desk of {my_company}. List number, price, days.",), care=0.3),
    "games": Kind(2, "bot", ("*{hero} arrives*", "npc line: {hero}, {tone}, {twist}",
        "quest in {town} about {product}"), ("go on", "*waits*"), (
        "You voice {my_hero} in {my_game}, a {my_genre}. {my_twist}. Max {#20-60} words.",), care=0.6),
}  # fmt: skip
_SORTS: Sequence[Kind] = (
    *_BUILT.values(), *_BUILT.values(), KINDS["shop_bot"], KINDS["shop_bot"], KINDS["nightly"], KINDS["startup"],
        KINDS["office"],
    KINDS["marketer"], KINDS["writer"], KINDS["developer"], KINDS["student"], KINDS["analyst"], KINDS["learner"],
        KINDS["teacher"],
)  # fmt: skip


def members(rng: Random, n: int) -> list[Member]:
    """Return *n* sub-accounts of one reseller, opened one after the other as its customers came."""
    name = Tongue(rng, TABLES).say("{person}").split()[1].lower() + "-ai"
    organization, card, phone = token(rng, "org"), token(rng, "pf"), token(rng, "ph")
    gates = [address(rng, "cloud") for _ in range(4)]
    first = account(rng, age_days=(380, 420))["created_at"]
    found = []
    for place in range(n):
        who = account(rng, paid=1.0)
        who.update(
            created_at=first + timedelta(days=370 * (place / n) ** 0.8, hours=rng.uniform(0, 30)),
            organization_id=organization,
            email=f"tenant-{rng.randint(1000, 9999)}-{place}@{name}.com", email_domain=f"{name}.com",
            payment_fingerprint=card,
            phone_digest=phone, device_fingerprint=None, referrer=None, declared_country="NL",
            verification="business", plan="reseller",
        )  # fmt: skip
        kind = rng.choice(_SORTS)
        kinds = [kind] if kind.systems else [kind, rng.choice(_SORTS[-8:])]
        models = rng.choice((("large-1",), ("small-1",), ("small-1", "large-1")))
        tasks = person_tasks(Random(rng.getrandbits(64)), kinds)
        agent = "resellgate/2.3" if place < n * 0.8 else "resellgate/2.4"
        found.append(Member(who, tasks, agent, "t13d1311h2_rsgate", rng.sample(gates, 2), models, organization))
    return found


CROWD = Crowd(
    name="reseller_customers",
    author="dogwood",
    sentence="The sub-accounts of one reseller, who pays for all; behind each is an end customer with work of its own.",
    is_harvest=False,
    one_list=False,
    accountability="operator",
    habits=Habits(
        per_day=14.0, spread=1.1, active_days=0.85, hours=(5.0, 23.0), answer_tokens=180.0, follow_up=0.35, stream=False
    ),
    members=members,
    usual_size=80,
)
