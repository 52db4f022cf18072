"""A company for field services that runs one nightly template over the records of each of its customers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from strangers.cedar.loom import listed, merged, taste, weave
from strangers.cedar.people import cloud, mark
from strangers.cedar.words import LAST, WORDS
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_TRADES: dict[str, dict[str, list[str]]] = {
    "plumbing": {
        "job": listed("burst pipe,blocked drain,tap replacement,water heater flush,toilet leak,sump pump"),
        "part": listed("15 mm valve,flexi hose,float switch,thermostat,P-trap,pressure reducer"),
    },
    "heating and cooling": {
        "job": listed("annual service,no cooling,compressor swap,duct cleaning,refrigerant leak"),
        "part": listed("capacitor {20-60} uF,filter 16x25,fan motor,contactor,condensate pump"),
    },
    "pest control": {
        "job": listed("ant treatment,rodent exclusion,wasp nest,termite inspection,bed bug follow-up"),
        "part": listed("bait station,mesh,dust,gel {30-90} g,monitor"),
    },
    "lifts": {
        "job": listed("door fault,monthly inspection,entrapment,rope check,controller reset"),
        "part": listed("door roller,brake lining,relay,pit switch,light curtain"),
    },
    "gardens": {
        "job": listed("hedge cut,lawn feed,irrigation start-up,tree survey,leaf clearance"),
        "part": listed("sprinkler head,mulch {2-20} bags,drip line,seed {1-9} kg,blade"),
    },
    "locks": {
        "job": listed("lockout,rekey,safe opening,access panel,door closer"),
        "part": listed("cylinder 35/{35-60},strike plate,fob,battery,hinge"),
    },
    "pools": {
        "job": listed("opening,green water,filter change,heater fault,leak test"),
        "part": listed("chlorine {2-20} kg,pump seal,salt cell,skimmer lid,gasket"),
    },
    "solar": {
        "job": listed("inverter fault,panel wash,string test,battery fitting,meter swap"),
        "part": listed("MC4 pair,fuse {10-32} A,optimiser,clamp,isolator"),
    },
}
_STATE: dict[str, list[str]] = {
    "status": listed("done,done,done,parts on order,no access,call back,quoted,warranty"),
    "remark": [
        "cust {mood}, wants call after {hour}",
        "{part} replaced, tested ok",
        "need second visit, {part} missing",
        "gate code {1000-9999}",
        "beware {animal}",
        "{job} also due at {place} rd",
        "paid {money} cash",
        "quoted {money}",
        "left card. nobody home at {hour}",
        "photo in app. {part} corroded, advise replace before {month}",
        "no fault found",
        "arrived {hour}, prev. tech had fitted wrong {part}",
        "{kin} of owner signed",
    ],
    "record": [
        (
            '{"job": {100000-999999}, "customer": "{first} {last}", "site": "{10-990} {last} '
            'St, {place}", "type": "{job}", '
            '"tech": "{tech}", "status": "{status}", "minutes": {15-240}, "parts": ["{part}",'
            ' "{part}"], "note": "{remark}"}'
        ),
        (
            '{"job": {100000-999999}, "customer": "{firm}", "site": "{place}", "type": '
            '"{job}", "tech": "{tech}", "status": '
            '"{status}", "minutes": {15-240}, "parts": [], "note": "{remark}; {remark}"}'
        ),
    ],
}
_SYSTEM = (
    "You are the nightly assistant of Crewtrail. You get today's records of one "
    "tenant. Never mention other tenants. Output "
    "valid JSON with the keys asked for and nothing else. Tenant: {name} ({trade}). Locale: {locale}."
)
_PASSES = (
    "Template day-summary v7\nKeys: headline, jobs_done, open_points, tomorrow\nRecords:\n",
    (
        "Template follow-up v4\nKeys: job, send (bool), subject, body. One entry per job "
        "that needs a message.\nRecords:\n"
    ),
    "Template parts-forecast v2\nKeys: part, quantity, reason\nRecords:\n",
    "Template risk-flags v5\nKeys: job, flag, severity (1-3)\nRecords:\n",
)


def _nights(rng: Random, name: str) -> Iterator[Task]:
    trade = rng.choice(sorted(_TRADES))
    crew = [f"{a[0]}. {b}" for a, b in zip(rng.sample(WORDS["first"], 5), rng.sample(LAST, 5), strict=True)]
    words = merged(taste(rng, WORDS, 0.5), _STATE, _TRADES[trade], {"tech": crew[: rng.randint(1, 5)]})
    words["place"] = rng.sample(list(WORDS["place"]), 3)
    system = _SYSTEM.format(name=name, trade=trade, locale=rng.choice(("en-US", "en-US", "en-GB", "en-AU", "en-CA")))
    bought = _PASSES[: rng.choice((1, 2, 2, 3, 4))]
    busy = rng.choice((1, 2, 4, 6))
    while True:
        records = [weave(rng, rng.choice(words["record"]), words) for _ in range(busy + rng.randrange(3))]
        for form in bought:
            yield Task(form + "\n".join(records), system)


def _members(rng: Random, n: int) -> list[Member]:
    servers, card, phone, organization = cloud(rng, 4), mark(rng, "card"), mark(rng, "tel"), mark(rng, "org")
    start = datetime(2025, 4, 7, 9, tzinfo=UTC)
    made = []
    for place in range(n):
        own = Random(rng.getrandbits(64))
        name = own.choice(
            (f"{own.choice(LAST)} {own.choice(('Services', '& Co', 'Bros', 'Pros'))}", own.choice(WORDS["firm"]))
        )
        known = {
            "created_at": start + timedelta(days=300 * place / n, seconds=own.randrange(86400)),
            "organization_id": organization,
            "email": f"tenant-{1000 + place}@crewtrail.app",
            "email_domain": "crewtrail.app",
            "payment_fingerprint": card,
            "phone_digest": phone,
            "device_fingerprint": None,
            "referrer": "sales",
            "declared_country": "US",
            "verification": "business",
            "plan": "api",
        }
        where = own.sample(servers, len(servers))
        made.append(
            Member(
                known,
                _nights(own, name),
                "crewtrail-nightly/3.14.2 node/20",
                "t13d_crewtrail_20",
                where,
                ("small-1",),
                organization,
            )
        )
    return made


CROWD = Crowd(
    name="saas_tenants",
    author="cedar",
    sentence="A company for field services with one account per customer of its own, all on its card and servers.",
    is_harvest=False,
    one_list=False,
    accountability="operator",
    habits=Habits(
        per_day=5.0,
        spread=0.5,
        active_days=0.93,
        hours=(1.0, 4.5),
        follow_up=0.0,
        answer_tokens=340.0,
        answer_spread=0.5,
        max_output_tokens=2048,
        temperature=0.0,
        stream=False,
    ),
    members=_members,
    usual_size=180,
    notes="One organization, card, telephone, mail domain, network and client; records of each tenant are its own.",
)
