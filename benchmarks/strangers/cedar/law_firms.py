"""Law firms, each an organization of its own, that all bought one vendor's tool."""

from collections.abc import Iterator
from random import Random

from strangers.cedar.loom import listed, merged, taste, weave
from strangers.cedar.people import business, home
from strangers.cedar.words import LAST, WORDS
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_SYSTEM = (
    "You are Lexmara, a drafting and review assistant for legal professionals. Work "
    "only from the material provided. Cite "
    "clause numbers. Flag anything that needs a fee earner's judgement with [REVIEW]. Do not invent authorities. "
    "Firm: {house}. House style: {style}. Jurisdiction: {law}."
)
_LAWS = (
    "England and Wales",
    "New York",
    "Ontario",
    "Texas",
    "Ireland",
    "Victoria",
    "Scotland",
    "California",
    "Delaware",
)
_STYLES = (
    "short sentences, no Latin",
    "traditional",
    "plain English, numbered paragraphs",
    "defined terms in bold",
    "concise, UK spelling",
    "US spelling, Bluebook",
)
_AREAS: dict[str, dict[str, list[str]]] = {
    "property": {
        "doc": listed(
            "lease of Unit {1-40},transfer deed,licence to alter,report on title,rent deposit deed,s.{20-30} notice"
        ),
        "point": listed(
            "break clause,service charge cap of {money},rent review every {3-7} years,repair covenant,right "
            "of way over the yard,overage,forfeiture for {14-28} days' arrears,alienation"
        ),
        "party": listed("landlord,tenant,guarantor,managing agent,superior landlord,mortgagee"),
    },
    "employment": {
        "doc": listed(
            "settlement agreement,contract of {first} {last},grievance outcome letter,staff handbook,ET{1-3} response"
        ),
        "point": listed(
            "notice of {1-6} months,restrictive covenant of {3-12} months,bonus of {money},garden leave,"
            "disability adjustments,unlawful deduction,TUPE transfer on {date},holiday pay"
        ),
        "party": listed("employer,employee,line manager,HR director,union representative"),
    },
    "family": {
        "doc": listed(
            "parenting plan,financial disclosure of {first} {last},prenuptial agreement,position statement,"
            "consent order"
        ),
        "point": listed(
            "pension share of {20-60}%,school fees of {money},relocation to {place},contact on {weekday}s,"
            "business valuation at {money},spousal maintenance for {2-9} years"
        ),
        "party": listed("mother,father,applicant,respondent,grandparents"),
    },
    "commercial": {
        "doc": listed(
            "supply agreement with {firm},NDA,share purchase agreement,SaaS terms,distribution agreement,side letter"
        ),
        "point": listed(
            "liability cap at {money},indemnity for IP claims,termination on {30-180} days,exclusivity in "
            "{place},earn-out of {money},warranty period of {12-36} months,change of control,data processing"
        ),
        "party": listed("supplier,customer,buyer,seller,distributor,licensor,warrantor"),
    },
    "injury": {
        "doc": listed(
            "medical report of Dr {last},schedule of loss,witness statement of {first} {last},letter of claim,defence"
        ),
        "point": listed(
            "whiplash with {2-18} months' prognosis,loss of earnings of {money},contributory negligence of "
            "{10-50}%,limitation expiring {date},care of {2-30} hours a week,causation"
        ),
        "party": listed("claimant,defendant,insurer,treating consultant,litigation friend"),
    },
    "probate": {
        "doc": listed("will of {first} {last},deed of variation,estate accounts,letter of wishes,caveat"),
        "point": listed(
            "legacy of {money},the house in {place},testamentary capacity on {date},executor's expenses of "
            "{money},residue in {2-6} shares,missing beneficiary {first}"
        ),
        "party": listed("executor,beneficiary,testator,trustee,widow"),
    },
    "immigration": {
        "doc": listed(
            "sponsor letter of {firm},refusal decision of {date},statement of {first} {last},bank statements,"
            "appeal grounds"
        ),
        "point": listed(
            "salary threshold of {money},absence of {90-400} days,genuine relationship,English at B{1-2},"
            "maintenance funds,best interests of the child,overstay of {3-60} days"
        ),
        "party": listed("applicant,sponsor,partner,caseworker,tribunal"),
    },
}
_CLAUSES = [
    (
        "{1-30}.{1-9} The {party!} shall, subject to clause {2-30}, within {5-60} "
        "Business Days of {date} pay or procure payment "
        "of {money} in respect of the {point}, failing which the {party} may serve notice."
    ),
    (
        "{1-30}.{1-9} Nothing in the {doc!} shall limit the obligations of the {party} "
        "as to {point} or {point}, save that the "
        "{party} may waive them in writing."
    ),
    (
        "I, {first} {last}, of {place}, say as follows. On {date} I met {first} {last}. "
        "The {party} told me about the {point}. "
        "I did not then know that the {doc} had been signed."
    ),
    (
        "Attendance note, {date}, {6-90} minutes. {first} {last} ({party}) called re "
        "{point}. Says {party} agreed to {money}. "
        "Advised on {point}. To send {doc} by {weekday}."
    ),
    (
        "We act for {first} {last}. We refer to your letter of {date}. Our client does "
        "not accept that the {point} arises, and "
        "puts the {party} to proof of {point}. Without prejudice, {money}."
    ),
]
_FORMS = (
    "TASK: Clause review\nMATTER: {ref}\nACTING FOR: {party}\n---\n{clause}\n\n{clause}\n\n{clause}",
    "TASK: Summarise document\nMATTER: {ref}\nDOCUMENT: {doc}\nLENGTH: {size}\n---\n{clause}\n\n{clause}",
    (
        "TASK: Draft letter\nMATTER: {ref}\nTO: {party}\nTONE: {tone}\nINSTRUCTIONS: deal "
        "with {point}; mention {money}, {date}"
    ),
    "TASK: Chronology\nMATTER: {ref}\n---\n{clause}\n{clause}\n{clause}\n{clause}",
    "TASK: Ask\nMATTER: {ref}\n{ask}",
    "TASK: Ask\nMATTER: none\n{ask}",
    "TASK: Ask\nMATTER: {ref}\n{ask}\n---\n{clause}",
)
_ASKS = [
    "Does the {point} bind a successor of the {party}?",
    "what's the risk for the {party} on {point} if {date} is missed",
    "Draft a fallback on {point}, we act for the {party}",
    "Compare {point} and {point} for the client in plain terms.",
    "Is {money} reasonable for {point}?",
    "list questions for {first} {last} about {point}",
    "time narrative: {6-60} mins on {doc}, {point}",
    "checklist for exchanging the {doc}",
    "Counter-argument to: {point}.",
]
_LATER = (
    "Shorter, for the client.",
    "Add a clause on {point}.",
    "Redraft for the {party}.",
    "cite the clause for each point",
    "Make it {tone}.",
    "What is missing?",
    "OK now as an email to {first}",
    "Track changes only please",
)


def _work(rng: Random, house: str) -> Iterator[Task]:
    system = _SYSTEM.format(house=house, style=rng.choice(_STYLES), law=rng.choice(_LAWS))
    areas = rng.sample(sorted(_AREAS), rng.choice((1, 2, 2, 3)))
    initials = [f"{rng.choice(LAST)[:2].upper()}{rng.choice('ABJKMST')}" for _ in range(rng.randint(2, 7))]
    refs = [f"{rng.choice(LAST)[:3].upper()}{rng.randint(100, 9999)}/{who}" for who in initials * 3]
    own = taste(rng, WORDS, 0.4)
    weights = [rng.random() + 0.1 for _ in _FORMS]
    while True:
        words = merged(own, _AREAS[rng.choice(areas)], {"ref": refs, "clause": _CLAUSES, "ask": _ASKS})
        text = weave(rng, rng.choices(_FORMS, weights)[0], words)
        yield Task(text, system, [weave(rng, rng.choice(_LATER), words) for _ in range(rng.randrange(4))])


def _members(rng: Random, n: int) -> list[Member]:
    made = []
    for place in range(n):
        own = Random(rng.getrandbits(64))
        a, b = own.sample(LAST, 2)
        name = own.choice((f"{a} {b} LLP", f"{a} & {b}", f"{a} Law", f"{a} {b} Solicitors", f"Law Offices of {a}"))
        known = business(
            own,
            name.replace("Law Offices of ", "") + own.choice(("", "law", str(own.randint(2, 99)))),
            verified=place % 3 == 0,
        )
        build = own.choice(("5.2.1", "5.2.1", "5.2.0", "5.1.8"))
        where = [f"{ip}" for ip in home(own, 1)][:2] + home(own, 3)[:2] * (own.random() < 0.3)
        made.append(
            Member(
                known,
                _work(own, name),
                f"LexmaraDesk/{build} (Windows)",
                f"t13d_lexmara_{build[:3]}",
                where,
                organization_id=str(known["organization_id"]),
            )
        )
    return made


CROWD = Crowd(
    name="law_firms",
    author="cedar",
    sentence="Law firms, each with its organization, card, domain and matters, that all use "
    "one vendor's drafting tool.",
    is_harvest=False,
    one_list=False,
    accountability="independent",
    habits=Habits(
        per_day=9.0,
        spread=0.7,
        active_days=0.7,
        hours=(8.0, 20.0),
        follow_up=0.4,
        answer_tokens=420.0,
        max_output_tokens=4096,
        temperature=0.2,
    ),
    members=_members,
    usual_size=90,
    notes="A third is verified as a business. Client, forms and the frame of the system prompt are the vendor's.",
)
