"""Two public lists of questions: one of 6,500 with four choices, one of 1,319 sums in words."""

from random import Random

from strangers.dogwood.grammar import Tongue, alternatives
from strangers.dogwood.wordstock import TABLES

__all__ = ["SUBJECTS", "choice_item", "sum_item"]

SUBJECTS = alternatives(
    "abstract algebra|anatomy|astronomy|business ethics|college biology|econometrics|formal logic|global facts|high "
    "school "
    "physics|human aging|international law|machine learning|marketing|medical genetics|moral "
    "scenarios|nutrition|philosophy|"
    "prehistory|professional law|public relations|sociology|virology|world religions|computer security|jurisprudence"
)
_STEMS = alternatives(
    "Which of the following best describes {subject} in relation to {subject}?|A researcher in {town} measures "
    "{#3-97} cases of "
    "{symptom} among {#100-900} people. The rate is closest to|According to {person}, {subject} is chiefly a "
    "consequence of|In the "
    "case of {company} v. {company}, {law} was held to be|A {#20-80}-year-old {job} presents with {symptom} and "
    "{symptom}. The most "
    "likely cause is|Which statement about {subject} and {thesis} is NOT correct?|If {metric} rises by {#2-40}% "
    "while {metric} is "
    "constant, then|The principal claim of {person} on {subject} is that|Let G be a group of order {#4-240} with a "
    "subgroup of order "
    "{#2-12}. Then G|{person} promises {company} {#2-90} {product} by {weekday}. The strongest defence under {law} "
    "is|The main role of "
    "{subject} in {thesis} is to|A ball is thrown at {#3-40} m/s from a height of {#2-60} m. Its speed at the "
    "ground is about"
)
_OPTIONS = alternatives(
    "{subject}|{#2-400}|it depends on {subject}|only when {law} applies|an increase in {metric}|both {subject} and "
    "{subject}|a decrease of "
    "{#2-80}%|none, since {subject} is absent|{thesis}|the {job}'s intent|{#1-60}.{#0-9} m/s|enforceable after "
    "{#2-90} days|{symptom}"
)
_SUMS = alternatives(
    "{person} sells {#3-60} {product} at ${#2-40} each and spends ${#10-90} on stalls. How much is left after "
    "{#2-6} days?|A {job} earns "
    "${#12-60} an hour for {#4-9} hours and 1.5 times as much after that. What does a day of {#10-14} hours "
    "pay?|{person} has {#12-90} "
    "{food}. Half go to the {relative}, {#2-5} to the {animal}. How many remain?|The train from {town} to {town} "
    "takes {#2-9} hours at "
    "{#40-120} km/h. {person} drives at {#30-90} km/h. How much longer is the drive?|A {craft} needs {#2-12} m of "
    "cloth and half that of "
    "lining. How much for {#3-30} of them at ${#2-20} a metre?|{person} reads {#5-60} pages on {weekday} and twice "
    "as many each day "
    "after. How many pages in {#3-7} days?|{#3-40} pupils share {#5-90} packs of {#6-24} {product}. {#2-9} are "
    "broken. How many does each "
    "get?|{person} is {#2-9} times as old as {person}. In {#3-20} years they are {#60-120} together. How old is "
    "{person} now?"
)


def choice_item(number: int) -> str:
    """Return question *number* of the list of 6,500, with its four choices."""
    rng = Random(f"public-choice/{number}")
    tongue = Tongue(rng, TABLES)
    stem = tongue.say(rng.choice(_STEMS))
    rows = [f"{letter}. {tongue.say(option)}" for letter, option in zip("ABCD", rng.sample(_OPTIONS, 4), strict=True)]
    return stem + "\n" + "\n".join(rows)


def sum_item(number: int) -> str:
    """Return question *number* of the list of 1,319."""
    rng = Random(f"public-sums/{number}")
    return Tongue(rng, TABLES).say(rng.choice(_SUMS))
