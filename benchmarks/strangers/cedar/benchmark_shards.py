"""A laboratory that splits a public benchmark of multiple-choice questions over private accounts of its people."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from strangers.cedar.loom import listed, merged, weave
from strangers.cedar.people import account, cloud, home, sdk
from strangers.cedar.words import WORDS
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_SIZE = 5600
_SUBJECTS: dict[str, dict[str, list[str]]] = {
    "clinical_knowledge": {
        "q": [
            "A {20-80}-year-old {sex} presents with {sign} and {sign} for {2-20} days. Which finding is most likely?",
            "Which drug is first line for {illness} in a patient with {illness}?",
            "Serum {ion} of {2-9}.{0-9} with {sign} most strongly suggests",
        ],
        "a": listed(
            "{illness},{ion} restriction,{illness} with {sign},observation only,a raised {ion},immediate imaging"
        ),
        "sex": ["man", "woman"],
        "sign": listed("fatigue,polyuria,chest pain,pallor,fever,a goitre,weight loss,tremor,oedema,haematuria"),
        "illness": listed("hypothyroidism,asthma,gout,heart failure,iron deficiency,sarcoidosis,pneumonia,COPD,lupus"),
        "ion": listed("potassium,calcium,sodium,magnesium,phosphate"),
    },
    "high_school_physics": {
        "q": [
            (
                "A {2-90} kg block slides from rest down a {10-60} degree incline with friction "
                "0.{1-6}. Its speed after {1-9} m is"
            ),
            "A lens of focal length {5-50} cm forms an image of an object {10-90} cm away. The magnification is",
            "Two charges of {1-9} uC and {1-9} uC are {2-80} cm apart. The force on the {obj} is",
            "Which statement about the {obj} in a field of {1-9} T is correct?",
        ],
        "a": listed(
            "{1-99} m/s,0.{1-9},-{1-9}.{1-9},it doubles,it is zero,{2-60} N,opposite to the {obj},cannot be determined"
        ),
        "obj": listed("electron,left charge,proton,wire,coil,image,pendulum"),
    },
    "professional_law": {
        "q": [
            (
                "{first} agreed to sell {place} farm to {last} for {money}. Before closing, "
                "{event}. {last} sues. The court should"
            ),
            (
                "A statute of the state of {place} bars {event}. A {trade} challenges it. The "
                "strongest argument is that it"
            ),
            "At trial, the prosecution offers {first}'s statement that {event}. The defence objects. The judge should",
        ],
        "a": listed(
            "grant relief because {event},deny relief,exclude it as hearsay,admit it as an admission,"
            "violates due process,is a valid tax,burdens commerce,rule for the {trade}"
        ),
        "event": listed(
            "the barn burned down,{first} leased it to a {trade},the deed was lost,a {trade} was injured,"
            "{first} repudiated by letter,the price of land doubled,{last} was seen in {place}"
        ),
        "trade": listed("butcher,trucker,newspaper,bank,tenant,surgeon,farmer"),
    },
    "abstract_algebra": {
        "q": [
            "Find the order of the element ({2-9}, {2-9}) in Z_{10-60} x Z_{8-50}.",
            "The degree of Q(sqrt({2-50}), sqrt({2-50})) is",
            "How many {kind} does a group of order {12-360} have at least?",
            (
                "Statement 1: every {kind} of order {2-97} is {prop}. Statement 2: a {prop} "
                "{kind} of order {4-90} is {prop}."
            ),
        ],
        "a": listed("{1-60},True True,True False,False True,False False,{2-12},infinite,{1-9}"),
        "kind": listed("group,subgroup,ring,ideal,normal subgroup,Sylow subgroup"),
        "prop": listed("abelian,cyclic,simple,solvable,maximal"),
    },
    "econometrics": {
        "q": [
            "In a regression with {20-900} observations, {sin}. The OLS estimator is then",
            "A {test} gives {1-9}.{10-99} with {2-40} degrees of freedom. One concludes",
            "Which remedy fits {sin} when {sin}?",
        ],
        "a": listed(
            "biased,consistent but inefficient,that {sin},to use robust errors,instrumental variables,nothing,{test}"
        ),
        "sin": listed(
            "errors are heteroscedastic,two regressors are collinear,a lag is omitted,errors follow "
            "AR({1-4}),x is measured with error,the sample is truncated at {2-80}"
        ),
        "test": listed("White test,Durbin-Watson test,RESET,Hausman test,Chow test,Dickey-Fuller test"),
    },
    "world_history": {
        "q": [
            "The trade in {good} after {1400-1900} most directly led to",
            "A {role} in {place} wrote in {1500-1900} that {good} 'ruins the honest'. This reflects",
            "Which best explains the rise of {good} exports from {place}?",
        ],
        "a": listed(
            "growth of cities,decline of the {role}s,war over {good},a new tax on {good},migration,religious reform"
        ),
        "good": listed("silver,sugar,cotton,tea,furs,opium,porcelain,rubber,spices,coal"),
        "role": listed("merchant,monk,governor,peasant,sailor,guild master"),
    },
}
_NAMES = sorted(_SUBJECTS)
_DIRECT = "The following is a multiple choice question about {s}. Answer with one letter."
_REASON = "The following is a multiple choice question about {s}. Think step by step, then write 'The answer is (X)'."


def _question(place: int) -> tuple[str, str]:
    rng, subject = Random(f"benchmark/{place}"), _NAMES[place * len(_NAMES) // _SIZE]
    words = merged(WORDS, _SUBJECTS[subject])
    options: list[str] = []
    while len(options) < 4:
        option = weave(rng, rng.choice(words["a"]), words)
        if option not in options:
            options.append(option)
    rows = "\n".join(f"{letter}. {option}" for letter, option in zip("ABCD", options, strict=True))
    return subject.replace("_", " "), f"{weave(rng, rng.choice(words['q']), words)}\n{rows}\nAnswer:"


def _shard(place: int, n: int) -> Iterator[Task]:
    first, last = place * _SIZE // n, (place + 1) * _SIZE // n
    for form in (_DIRECT, _REASON):
        for number in range(first, last):
            subject, text = _question(number)
            yield Task(text, form.replace("{s}", subject))


def _members(rng: Random, n: int) -> list[Member]:
    made = []
    start = datetime(2026, 1, 12, 8, tzinfo=UTC)
    for place in range(n):
        own = Random(rng.getrandbits(64))
        client = sdk(own, 0)
        known = account(own, paid=1.0, since=900)
        if own.random() < 0.4:
            known["created_at"] = start + timedelta(days=40 * own.random(), seconds=own.randrange(30000))
        where = cloud(own) if own.random() < 0.35 else home(own, 2)
        made.append(Member(known, _shard(place, n), client.user_agent, client.fingerprint, where))
    return made


CROWD = Crowd(
    name="benchmark_shards",
    author="cedar",
    sentence="A laboratory that runs a public benchmark of 5,600 questions in shards over "
    "private accounts of its people.",
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(
        per_day=70.0,
        spread=0.4,
        active_days=0.8,
        hours=(0.0, 24.0),
        follow_up=0.0,
        answer_tokens=60.0,
        answer_spread=1.1,
        max_output_tokens=512,
        temperature=0.0,
        stream=False,
    ),
    members=_members,
    usual_size=14,
    notes="Each shard is a run of the list, asked for a letter and then again with "
    "reasoning; then the account is quiet.",
)
