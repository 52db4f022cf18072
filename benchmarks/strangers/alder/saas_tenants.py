"""A field-service SaaS with an account per customer: its nightly template runs over each customer's records."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from strangers.alder.grammar import Grammar
from strangers.alder.kinds import ALL
from strangers.alder.people import cloud, fingerprint, since, token
from strangers.contract import Crowd, Habits, Member, Task

_TRADES: Mapping[str, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {
    "plumbing": (
        ("combi boiler", "cistern", "shower pump", "stopcock", "soil stack", "radiator"),
        ("leaking", "no pressure", "noisy", "blocked", "seized"),
        ("replaced washer", "bled system", "jetted drain", "fitted valve", "soldered joint"),
    ),
    "lifts": (
        ("passenger lift {1-8}", "goods lift", "platform lift", "dumb waiter"),
        ("stuck at floor {1-12}", "doors reopen", "levelling off by {5-60} mm", "alarm line dead"),
        ("reset controller", "changed door belt", "adjusted encoder", "cleaned sill"),
    ),
    "pest control": (
        ("bait station {1-40}", "loft", "kitchen", "bin store", "warehouse bay {1-20}"),
        ("rat droppings", "wasp nest", "ants", "moth catch {2-40}", "mouse sighting"),
        ("rebaited", "dusted nest", "sealed gap", "set {2-12} traps"),
    ),
    "solar": (
        ("inverter {1-6}", "string {1-8}", "optimiser", "battery rack", "meter"),
        ("yield down {5-60}%", "isolation fault", "offline", "shading at {8-17}h", "error {100-599}"),
        ("swapped fuse", "updated firmware", "cleaned panels", "re-terminated MC4"),
    ),
    "refrigeration": (
        ("walk-in freezer", "display case {1-20}", "condenser {1-5}", "ice machine"),
        ("at {1-14} C", "iced up", "short cycling", "low gas"),
        ("added {1-4}.{1-9} kg R290", "defrosted", "changed fan", "fixed door seal"),
    ),
    "fire safety": (
        ("panel zone {1-24}", "extinguisher {1-90}", "sprinkler valve", "smoke head {1-300}"),
        ("false alarm", "expired {2019-2025}", "low pressure", "ground fault"),
        ("replaced head", "recharged", "isolated zone", "logged drill"),
    ),
    "grounds": (
        ("pitch {1-4}", "hedge line", "ride-on mower", "car park beds"),
        ("waterlogged", "overgrown", "blade worn", "diseased box"),
        ("cut to {20-60} mm", "spiked", "mulched", "reported to client"),
    ),
    "pools": (
        ("plant room", "filter {1-3}", "hot tub", "dosing pump"),
        ("pH {6-8}.{0-9}", "cloudy", "cracked lid", "free chlorine {0-4}.{0-9}"),
        ("backwashed", "dosed acid", "changed O-ring", "closed for {1-9} h"),
    ),
    "IT on site": (
        ("switch {1-9}", "till {1-12}", "printer", "access point {1-30}", "NAS"),
        ("offline", "port flapping", "paper jams", "disk {1-4} failed", "slow since {weekday}"),
        ("rebooted", "replaced disk", "moved VLAN", "re-crimped"),
    ),
    "cleaning": (
        ("windows", "carpet floor {1-9}", "kitchen", "lobby"),
        ("complaint", "stain", "missed {weekday}", "broken glass"),
        ("deep clean", "spot treated", "re-keyed", "supplies ordered"),
    ),
}
_SYSTEM = (
    "You are Fieldloop Digest, a component of the Fieldloop job management platform (build 2026.02).\n"
    "Turn one job record into (1) a summary of at most 60 words for the customer portal, (2) a risk flag "
    "LOW/MED/HIGH, (3) the next visit if one is needed. Do not invent parts or prices. "
    "Answer as JSON: summary, risk, next_visit."
)
_AGENT = "fieldloop-digest/2026.02 provider-node/4.28.0"


def _records(rng: Random, trade: str) -> Iterator[Task]:
    things, faults, works = _TRADES[trade]
    own = Grammar(ALL.tables, {"thing_f": things, "fault": faults, "work": works}).narrowed(
        rng, ("first", "street", "company", "city"), rng.randint(5, 25)
    )
    staff = [own.say(rng, "{first} {last}") for _ in range(rng.randint(2, 9))]
    sites = [own.say(rng, "{company}, {1-180} {street}, {city}") for _ in range(rng.randint(8, 60))]
    prefix = "".join(rng.sample("ABCDEFHJKLMNPRST", rng.randint(2, 3)))
    number, terse = rng.randint(1000, 60000), rng.random()
    while True:
        number += rng.randint(1, 4)
        notes = []
        for _ in range(rng.randint(1, 4)):
            note = own.say(
                rng,
                rng.choice(
                    (
                        "{thing_f} {fault}, {work}",
                        "{work}. {thing_f} still {fault}",
                        "Cust. reports {thing_f} {fault}",
                        "{thing_f}: {work}, {10-150} min",
                        "Parts for {thing_f} ordered, due {weekday}. {work}",
                        "no access, left card {8-17}:{10-59}",
                    )
                ),
            )
            notes.append(note.upper() if terse < 0.15 else note.lower() if terse < 0.5 else note)
        yield Task(
            "## JOB RECORD\n"
            f"ref: {prefix}-{number}\nsite: {rng.choice(sites)}\nengineer: {rng.choice(staff)}\ncategory: {trade}\n"
            + own.say(rng, "opened: 2026-0{2-3}-{10-28} {10-19}:{10-59}\nstatus: {state}\n").replace(
                "{state}", rng.choice(("done", "done", "open", "parts", "recall"))
            )
            + "notes:\n- "
            + "\n- ".join(notes),
            system_prompt=_SYSTEM,
        )


def _members(rng: Random, n: int) -> Sequence[Member]:
    organization, card, phone = token(rng, "org"), token(rng, "card"), token(rng, "tel")
    machines = cloud(rng, 6)
    members = []
    for place in range(n):
        mine = Random(f"{rng.getrandbits(64)}")
        slug = ALL.say(mine, "{last}-").lower() + mine.choice(list(_TRADES)).replace(" ", "")
        account: dict[str, object] = {
            "created_at": since(mine, 600.0, 3.0),
            "organization_id": organization,
            "email": f"tenant+{slug}-{place}@fieldloop.example",
            "email_domain": "fieldloop.example",
            "payment_fingerprint": card,
            "phone_digest": phone,
            "device_fingerprint": None,
            "referrer": None,
            "declared_country": "NL",
            "verification": "business",
            "plan": "business",
        }
        start = mine.randrange(len(machines))
        members.append(
            Member(
                account=account,
                tasks=_records(mine, mine.choice(list(_TRADES))),
                user_agent=_AGENT,
                client_fingerprint=fingerprint(_AGENT),
                addresses=machines[start:] + machines[:start],
                models=("small-1",),
                organization_id=organization,
            )
        )
    return members


CROWD = Crowd(
    name="saas_tenants",
    author="alder",
    sentence="A field-service SaaS opens an account per customer and digests each customer's own job records at night.",
    is_harvest=False,
    one_list=False,
    accountability="operator",
    habits=Habits(
        per_day=14.0,
        spread=0.8,
        active_days=0.86,
        hours=(1.0, 4.5),
        answer_tokens=120.0,
        answer_spread=0.35,
        follow_up=0.0,
        max_output_tokens=400,
        temperature=0.2,
        stream=False,
    ),
    members=_members,
    usual_size=180,
)
