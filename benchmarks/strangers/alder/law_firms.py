"""Law firms with one vendor's tool: its template runs over the files of each firm."""

from collections.abc import Iterator, Sequence
from random import Random

from strangers.alder.grammar import Grammar
from strangers.alder.kinds import ALL
from strangers.alder.people import cloud, fingerprint, firm_account, home
from strangers.contract import Crowd, Habits, Member, Task

_LAW = {
    "matter": (
        "{last} v {last}",
        "{last} v {company}",
        "Estate of {person}",
        "{company} / {company}",
        "Re {last} ({2018-2026})",
        "Purchase of {1-190} {street}, {city}",
    ),
    "conveyancing": (
        "The Seller shall complete on {date} and give vacant possession of {1-190} {street}.",
        "A right of way of {2-6} metres burdens the parcel in favour of {street}.",
        "The search reveals {a_defect} and a charge of {money} to {company}.",
        "The Buyer's deposit of {money} is held as stakeholder.",
        "Fixtures include the {product} and the {gadget}, but not the {plant}.",
    ),
    "employment": (
        "The Employee, a {job}, was dismissed on {date} after {2-30} years for {misdeed}.",
        "Clause {2-19}: for {3-24} months the Employee shall not work for {industry} within {5-100} miles of {city}.",
        "Grievance of {date}: {person} was {misdeed} by {person}.",
        "Overtime above {35-48} hours is paid at {110-200}%.",
        "{first} was offered {money} on terms of silence.",
    ),
    "family": (
        "The parties married on {date} in {city} and separated in {month} {2015-2025}.",
        "The child, aged {1-17}, stays with {first} on {weekday}s and half of {month}.",
        "The home at {1-190} {street} is worth {money}; the mortgage stands at {money}.",
        "{first} did not disclose an account of {money} at {company}.",
        "Maintenance of {money} a month until {date}.",
    ),
    "injury": (
        "On {date} at {street}, {city}, the claimant, a {job}, was struck by a {vehicle}.",
        "Dr {last} found {symptom} and {symptom}, with a prognosis of {3-48} months.",
        "Loss of earnings: {money} over {2-60} weeks.",
        "The defendant alleges {10-75}% contributory fault, as the claimant {misdeed_b}.",
        "Special damages: {product} {money}, travel {money}.",
    ),
    "commercial": (
        "{company} shall deliver {20-9000} {product}s by {date}, time being of the essence.",
        "Liability is capped at {money} save for {misdeed}.",
        "Either party may terminate on {14-180} days' notice.",
        "Warranty: the goods stay free of {a_defect} for {6-60} months.",
        "Confidential information excludes what {company} knew before {date}.",
        "Disputes go to arbitration in {city}, in {tongue}.",
    ),
    "immigration": (
        "The applicant, a {job} born in {city}, entered on {date} with leave of {6-36} months.",
        "The sponsor {company} pays {money} a year.",
        "The refusal of {date} relies on {misdeed} in {2010-2024}.",
        "The applicant has {1-5} children in {city} schools.",
        "Evidence: letters of {person} and {person}, payslips from {month}.",
    ),
    "probate": (
        "By will of {date} the testator leaves the {product} and {money} to {person}.",
        "The residue goes to {kin_l} in {2-7} shares.",
        "The codicil was witnessed by {first} {last} only.",
        "The estate holds {1-190} {street}, {money} at {company}, and debts of {money}.",
        "Dr {last} saw the testator on {date} and doubted capacity.",
    ),
    "a_defect": (
        "subsidence",
        "mould",
        "a missing consent",
        "knotweed",
        "a breach of covenant",
        "asbestos",
        "a defective weld",
    ),
    "misdeed": (
        "misconduct",
        "fraud",
        "lateness",
        "redundancy",
        "a data breach",
        "wilful default",
        "passed over",
        "overstaying",
    ),
    "misdeed_b": ("wore no belt", "ignored a sign", "was texting", "had drunk", "removed a guard"),
    "kin_l": ("nephews", "grandchildren", "charities in {city}", "the widow", "{person} and {person}"),
}
_AREAS = ("conveyancing", "employment", "family", "injury", "commercial", "immigration", "probate")
_SYSTEM = (
    "You are Briefwell, the drafting assistant of {firm}. You see extracts of the firm's "
    "own files; treat them as privileged. "
    "Cite the extract by paragraph. Flag what a fee earner must check. House style: {style}. Jurisdiction: {law}."
)
_JOBS = ("SUMMARY", "SUMMARY", "CHRONOLOGY", "ISSUES", "CLAUSE REVIEW", "DRAFT LETTER")
_MORE = (
    "Make it shorter for the client, {first} {last}.",
    "Does [{1-6}] bind {company}?",
    "Quantify: {money} from {date}.",
    "What would {last} answer to [{1-6}]?",
    "Explain [{1-6}] to a {job}.",
    "Add dates in the margin.",
    "Which paragraph supports that?",
    "Draft the covering email to {person}.",
    "remove para {1-6}",
    "Ask the other side about {a_defect}.",
)


def _files(rng: Random, firm: str, areas: Sequence[str]) -> Iterator[Task]:
    own = Grammar(ALL.tables, _LAW).narrowed(rng, ("city", "street", "industry", "first", "job"), rng.randint(6, 20))
    system = _SYSTEM.replace("{firm}", firm).replace(
        "{style}", rng.choice(("plain", "formal", "numbered paragraphs", "no Latin", "UK spelling"))
    )
    system = system.replace(
        "{law}",
        rng.choice(
            (
                "England and Wales",
                "Scotland",
                "Ireland",
                "Ontario",
                "New South Wales",
                "New York",
                "California",
                "Texas",
                "New Zealand",
            )
        ),
    )
    while True:
        area, kept = rng.choice(areas), {}
        matter = own.draw(rng, "matter", kept)
        paragraphs = rng.sample(_LAW[area], k=rng.randint(2, 4)) + rng.choices(_LAW[area], k=rng.randint(0, 2))
        body = "\n".join(f"[{i}] {own.say(rng, p)}" for i, p in enumerate(paragraphs, 1))
        note = own.say(
            rng,
            rng.choice(
                (
                    "",
                    "",
                    "\nFee earner note: {first} needs this by {weekday}.",
                    "\nFee earner note: client is {feeling}.",
                    "\nFee earner note: we act for {last}.",
                )
            ),
        )
        yield Task(
            (
                f"<task>{rng.choice(_JOBS)}</task>\n<matter>{matter} "
                f"({rng.randint(10000, 99999)}/{rng.randint(1, 40)})</matter>\n<extracts>\n{body}\n</extracts>{note}"
            ),
            system_prompt=system,
            follow_ups=[own.say(rng, rng.choice(_MORE)) for _ in range(rng.randint(0, 3))],
        )


def _members(rng: Random, n: int) -> Sequence[Member]:
    verified = set(rng.sample(range(n), round(n / 3)))
    members = []
    for place in range(n):
        mine = Random(f"{rng.getrandbits(64)}")
        one, two, three = mine.sample(ALL.tables["last"], 3)
        firm = mine.choice(
            (f"{one} {two}", f"{one} & {two} LLP", f"{one} Law", f"{one}, {two} & {three}", f"{one} Solicitors")
        )
        domain = mine.choice(
            (f"{one}{two}", f"{one}law", f"{one}-{two}", f"{one[0]}{two[0]}{three[0]}legal")
        ).lower() + mine.choice((".com", ".co.uk", ".law", ".legal", ".com.au", ".ie"))
        account = firm_account(mine, domain, days=500.0, verified=place in verified)
        account["declared_country"] = mine.choice(("GB", "GB", "GB", "IE", "US", "US", "CA", "AU", "NZ"))
        account["referrer"] = mine.choice(("partner", "partner", "partner", "sales", None))
        agent = f"Briefwell-Word/3.{mine.choice((2, 3, 3, 4))}.{mine.randint(0, 2)}"
        members.append(
            Member(
                account=account,
                tasks=_files(mine, firm, mine.sample(_AREAS, mine.randint(1, 3))),
                user_agent=agent,
                client_fingerprint=fingerprint(agent),
                addresses=home(mine) if mine.random() < 0.8 else cloud(mine, 2),
                models=("large-1",),
                organization_id=account["organization_id"],  # type: ignore[arg-type]
            )
        )
    return members


CROWD = Crowd(
    name="law_firms",
    author="alder",
    sentence="Law firms, each with an organization, a card and a domain, use one vendor's add-in over their own files.",
    is_harvest=False,
    one_list=False,
    accountability="independent",
    habits=Habits(
        per_day=7.0,
        spread=0.8,
        active_days=0.68,
        hours=(8.0, 18.5),
        answer_tokens=420.0,
        answer_spread=0.5,
        follow_up=0.35,
        max_output_tokens=2000,
        temperature=0.3,
    ),
    members=_members,
    usual_size=90,
)
