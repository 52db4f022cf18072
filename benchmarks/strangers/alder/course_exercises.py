"""Students whose course gives each of them exercises of their own, dealt from one bank."""

from collections.abc import Iterator, Sequence
from random import Random

from strangers.alder.grammar import Voice, dealt, voice_of
from strangers.alder.kinds import ALL, KINDS, tasks_of
from strangers.alder.people import browser, fingerprint, full_name, home, private_account
from strangers.contract import Crowd, Habits, Member, Task

_SHEETS = (
    (
        "Counting",
        (
            "How many {3-9}-letter codes over {2-26} symbols contain exactly {1-3} of the symbol for {thing}?",
            "In how many ways can {5-40} {thing} go into {2-9} boxes if box {1-2} stays {third} full?",
        ),
    ),
    (
        "Conditional probability",
        (
            (
                "A test for {symptom} has sensitivity {70-99}% and specificity {60-99}%; {1-30} in "
                "{100-1000} have it. Find P(ill | positive)."
            ),
            (
                "{colour} and {colour} urns hold {2-20} and {3-30} {thing}. One is drawn after a "
                "coin with p = 0.{10-90}. Which urn, if it was {colour}?"
            ),
        ),
    ),
    (
        "Distributions",
        (
            "{industry} get {1-30} calls per {5-90} minutes. Find P(more than {2-40}) and the {60-99}th percentile.",
            "Lifetimes of a {gadget} are exponential with mean {200-9000} h. Find P(X > {100-9000}) and the median.",
        ),
    ),
    (
        "Expectation",
        (
            "You pay {money} to roll {2-6} dice and get {money} for each {1-6}. Is it fair?",
            "X takes {1-9}, {10-19}, {20-29} with odds {1-5}:{1-5}:{1-5}. Find E[X], Var X and E[X^{2-4}].",
        ),
    ),
    (
        "Confidence intervals",
        (
            (
                "{12-300} {product}s weigh {100-900} g on average, s = {2-60}. Give the {80-99}% "
                "interval and say what it means for {company}."
            ),
            "{40-900} of {1000-4000} people in {city} favour {policy}. Give a {90-99}% interval.",
        ),
    ),
    (
        "Tests",
        (
            (
                "Before: {10-90}, after: {10-90}, n = {8-200}, s = {2-30}. Test whether {hobby} "
                "changed the score at {1-10}%."
            ),
            "Counts {5-90}, {5-90}, {5-90}, {5-90} by {weekday}. Test uniformity.",
        ),
    ),
    (
        "Regression",
        (
            (
                "Fit y = a + bx to ({1-9},{1-40}), ({10-19},{1-60}), ({20-29},{1-80}), "
                "({30-39},{1-99}) and predict at x = {40-60}."
            ),
            "R^2 = 0.{10-98} with {2-9} predictors and n = {20-400}. Find the adjusted R^2 and F.",
        ),
    ),
    (
        "Markov chains",
        (
            (
                "A {vehicle} is at {city=a}, {city=b} or {city=c}; it stays with 0.{10-60}, moves on "
                "with 0.{10-39}. Find the stationary distribution."
            ),
            "A gambler with {2-20} coins plays p = 0.{30-70} until {21-60} or ruin. Find P(ruin).",
        ),
    ),
)
_WAYS = (
    "{e}",
    "{e} how do I start",
    "Exercise {k}: {e}",
    "hint for this please, not the solution: {e}",
    "{e}\n\nI got {a}, is that right?",
    "is this binomial or not? {e}",
    "explain step by step {e}",
    "check: {e}\nmy steps: first I took {a}, then divided by {k}",
    "what formula for: {e}",
    "solve in R: {e}",
)
_MORE = (
    "why divide by {k}",
    "i don't get the second step",
    "so the answer is {a}?",
    "thanks!!",
    "what if it was without replacement",
    "can you show it with a table",
    "ok next one",
    "is there an easier way",
    "what does that mean in words",
)


def _exercise(rng: Random, index: int) -> tuple[int, str]:
    """Return the exercise at *index* with its number on the sheet."""
    title, forms = _SHEETS[Random(f"sheet/{index // 400}").randrange(len(_SHEETS))]
    return index % 400 + 1, f"({title}) {ALL.say(rng, rng.choice(forms))}"


def _study(seed: str, place: int, n: int, rng: Random, voice: Voice) -> Iterator[Task]:
    ways, titled = rng.sample(_WAYS, rng.randint(2, 5)), rng.random() < 0.3
    own = tasks_of(
        rng.choice(
            [
                k
                for k in KINDS
                if k.name in ("student of science", "everyday chatter", "beginner in coding", "job seeker", "cook")
            ]
        ),
        rng,
        voice,
    )
    private = rng.choice((0.1, 0.3, 0.5, 0.6))
    for number, exercise in dealt(seed, place, n, _exercise, batch=5):
        while rng.random() < private:
            yield next(own)
        if rng.random() < 0.35:
            continue  # solved alone
        said = rng.choice(ways).replace("{k}", str(number))
        said = voice.speak(rng, said).replace("{a}", f"{rng.randint(0, 60)}.{rng.randint(1, 99)}")
        more = [
            voice.speak(
                rng,
                rng.choice(_MORE).replace("{k}", str(rng.randint(2, 12))).replace("{a}", f"0.{rng.randint(10, 99)}"),
            )
            for _ in range(rng.randint(1, 5))
        ]
        yield Task(said.replace("{e}", exercise if titled else exercise.split(") ", 1)[1]), follow_ups=more)


def _members(rng: Random, n: int) -> Sequence[Member]:
    seed, members = f"course/{rng.getrandbits(64)}", []
    campus = [f"141.30.{rng.randrange(256)}.{rng.randint(2, 254)}" for _ in range(3)]
    for place in range(n):
        mine = Random(f"{rng.getrandbits(64)}")
        account, agent = private_account(mine, 500.0), browser(mine)
        account["declared_country"] = mine.choice(("IE", "IE", "IE", "GB", "IN", "CN", "DE"))
        if mine.random() < 0.4:
            first, last = full_name(mine)
            account.update(
                email=f"{first}.{last}{mine.randint(2, 99)}@student.mun.example".lower(),
                email_domain="student.mun.example",
                verification="email",
            )
        addresses = home(mine) + ([mine.choice(campus)] if mine.random() < 0.6 else [])
        members.append(
            Member(
                account=account,
                tasks=_study(seed, place, n, mine, voice_of(mine)),
                user_agent=agent,
                client_fingerprint=fingerprint(agent),
                addresses=addresses,
            )
        )
    return members


CROWD = Crowd(
    name="course_exercises",
    author="alder",
    sentence="Students of a statistics course ask about exercises that its generator deals to each of them alone.",
    is_harvest=False,
    one_list=True,
    accountability="unknown",
    habits=Habits(
        per_day=4.0,
        spread=0.7,
        active_days=0.5,
        hours=(8.0, 24.0),
        answer_tokens=320.0,
        answer_spread=0.7,
        follow_up=0.55,
    ),
    members=_members,
    usual_size=80,
    notes=(
        "one_list is True: all exercises come from one bank of sheets, five in a row to a "
        "student; campus addresses are shared."
    ),
)
