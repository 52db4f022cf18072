"""Students of a statistics and programming course that generates exercises for each of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from strangers.cedar.loom import listed, merged, voice, weave
from strangers.cedar.ordinary import person
from strangers.cedar.people import account, browser, home
from strangers.cedar.words import WORDS
from strangers.contract import Crowd, Habits, Member, Task

__all__ = ["CROWD"]

_TABLES: dict[str, list[str]] = {
    "study": listed(
        "bus delays in {place},heights of seedlings,call times at {firm},coffee sold per {weekday},sleep "
        "of shift workers,weights of {animal}s,rents in {place},reaction times,defects per {20-90} parts,"
        "rainfall in {place},shoe sizes"
    ),
    "data": [
        "{2-99}, {2-99}, {2-99}, {2-99}, {2-99}, {2-99}, {2-99}, {2-99}",
        "{1-9}.{0-9}, {1-9}.{0-9}, {1-9}.{0-9}, {1-9}.{0-9}, {1-9}.{0-9}, {1-9}.{0-9}",
    ],
    "col": listed("price,age,station,score,length,team,dose,minutes,region"),
}
_ALL = merged(WORDS, _TABLES)
_SHEETS: tuple[tuple[str, ...], ...] = (
    (
        "Data on {study}: {data}. (a) Compute mean and median. (b) Which changes more if {100-400} is added?",
        "Write a function spread(xs) that returns the interquartile range of {study}. Test it with [{data}].",
        "Classify the variables {col}, {col} and {col} by scale and suggest one chart for {study}.",
    ),
    (
        (
            "In {place}, {20-80}% of people own a {animal}; {5-60}% of owners also jog. What "
            "is the probability that a random person "
            "does both? And that of {3-9} people none does?"
        ),
        "Simulate {1000-9000} throws of {2-6} dice with seed {100-9999} and estimate P(sum > {7-20}).",
        (
            "A test for a disease in {place} has sensitivity {80-99}% and specificity "
            "{80-99}%; prevalence {1-9}%. Find P(ill | +)."
        ),
    ),
    (
        "{study} is normal with mean {20-90} and sd {2-15}. Find P(X > {30-110}) and the {75-99}th percentile.",
        "The number of {study} per hour is Poisson with rate {1-9}.{1-9}. P(at least {2-9})?",
        "Plot the binomial with n={8-60}, p=0.{1-9} and compare with the normal approximation at {3-20}.",
    ),
    (
        (
            "A sample of {12-90} on {study} has mean {20-90}.{1-9} and s={2-15}.{1-9}. Give "
            "the {90-99}% confidence interval."
        ),
        "How many observations of {study} give a margin of {1-5} if sigma is {6-40}?",
        "Bootstrap the median of [{data}] with {500-5000} resamples, seed {100-9999}. Report the interval.",
    ),
    (
        (
            "Test at {1-10}% whether {study} differs between {place} (n={10-60}, mean "
            "{20-60}.{0-9}, s={3-9}) and {place} (n={10-60}, "
            "mean {20-60}.{0-9}, s={3-9}). State assumptions."
        ),
        "Explain type I and II errors for a test on {study} and name the cost of each for {firm}.",
        "Contingency table {col} x {col}: [[{5-90}, {5-90}], [{5-90}, {5-90}]]. Chi-square test at {1-10}%.",
    ),
    (
        "Regress {col} on {col} with x=[{data}], y=[{data}]. Give slope and intercept and interpret for {study}.",
        "Given R^2=0.{10-95}, n={20-200}, {2-6} predictors of {study}: compute adjusted R^2 and comment.",
        "Read file_{1000-9999}.csv, drop rows without {col}, group by {col}, print the mean {col} sorted. No pandas.",
    ),
)
_ASKS = (
    "{e}",
    "{e}",
    "help me with this exercise: {e}",
    "{e}\n\nI got {3-90}.{0-9}, is that right?",
    "dont give me the answer, just a hint: {e}",
    "where do i even start\n{e}",
    "{e}\nmy try: first I sort, then {wrong}. whats wrong",
    "explain the idea behind: {e}",
    "{e} (in R please)",
    "{e} (python, no libraries)",
    "check my solution. {e}\nsolution: {wrong}, so {0-99}.{0-9}",
)
_WRONG = {
    "wrong": listed(
        "I divide by n,I use the z table,I take the square root at the end,I add both probabilities,I "
        "square the sd,I use 1 minus,I swapped x and y"
    )
}
_LATER = (
    "why n-1?",
    "i still don't get it",
    "ok and (b)?",
    "so the answer is {1-99}.{0-9}?",
    "can you write the code",
    "explain step 2",
    "what does the p value mean here",
    "thanks!!",
    "shorter",
    "is this on the exam you think",
)


def _studies(rng: Random, version: int, name: str) -> Iterator[Task]:
    say, mine, private = voice(rng), person(rng, (0, 1, rng.randrange(2, 15))), rng.choice((0.1, 0.2, 0.3, 0.5))
    ways, headed = rng.sample(_ASKS, rng.choice((2, 3, 4))), rng.random() < 0.5
    sheet = 0
    while True:
        exercises = [(k, text) for k, text in enumerate(_SHEETS[sheet % len(_SHEETS)], 1)]
        for number, form in exercises:
            if rng.random() < 0.15:
                continue
            given = weave(Random(f"{name}/{version}/{sheet}/{number}"), form, _ALL)
            if headed:
                given = f"Ex. {sheet + 1}.{number} (v{version}) {given}"
            for _ in range(rng.choice((1, 1, 1, 2))):
                ask = weave(rng, rng.choice(ways), _WRONG).replace("{e}", given)
                yield Task(say(rng, ask), None, [weave(rng, rng.choice(_LATER), _ALL) for _ in range(rng.randrange(5))])
            while rng.random() < private:
                yield next(mine)
        sheet += 1


def _members(rng: Random, n: int) -> list[Member]:
    campus = [f"130.237.{rng.randint(1, 9)}.{rng.randint(10, 40)}" for _ in range(4)]
    term = datetime(2026, 1, 26, 9, tzinfo=UTC)
    made, name = [], f"{rng.getrandbits(64):x}"
    for place in range(n):
        own = Random(rng.getrandbits(64))
        client = browser(own)
        known = account(own, paid=0.2, since=700)
        if own.random() < 0.35:
            known["created_at"] = term + timedelta(
                days=own.choice((0, 0, 1, 2, 7, 8, 20)), seconds=own.randrange(36000)
            )
        if own.random() < 0.3:
            handle = str(known["email"]).partition("@")[0]
            known |= {"email": f"{handle}@student.westmarch.example", "email_domain": "student.westmarch.example"}
        where = home(own, 3) + [own.choice(campus)] * own.randrange(4)
        made.append(Member(known, _studies(own, 1000 + 13 * place, name), client.user_agent, client.fingerprint, where))
    return made


CROWD = Crowd(
    name="course_exercises",
    author="cedar",
    sentence="Students of one course, each with exercises generated for them; they share a "
    "campus and a few a mail domain.",
    is_harvest=False,
    one_list=False,
    accountability="unknown",
    habits=Habits(per_day=3.0, spread=0.8, active_days=0.5, hours=(8.0, 24.0), follow_up=0.5, answer_tokens=320.0),
    members=_members,
    usual_size=80,
    notes="No list is divided among them: all do the same sheets in the same order, each "
    "with numbers and stories of their own.",
)
