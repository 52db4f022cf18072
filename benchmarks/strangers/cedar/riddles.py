"""Problems with steps as people post them: sums in words, science, logic, chance, planning, numbers."""

from random import Random

from strangers.cedar.loom import listed, merged, weave
from strangers.cedar.words import WORDS

__all__ = ["riddle"]

_TABLES: dict[str, list[str]] = {
    "item": listed(
        "apples,marbles,tickets,pencils,muffins,bricks,postcards,eggs,bolts,seats,tiles,ribbons,jars of honey,books"
    ),
    "vessel": listed("tank,pool,barrel,bathtub,bucket,silo,boiler"),
    "mover": listed("train,cyclist,ferry,courier,runner,drone,tractor,snail"),
    "seller": listed("a baker,a farmer,a school,a printer,a florist,a carpenter,a kiosk,a brewery,a tailor"),
    "substance": listed("sodium hydroxide,ethanol,copper sulphate,glucose,ammonia,calcium carbonate,hydrogen peroxide"),
    "body": listed("a brass ball,a wooden crate,a satellite,a pendulum,a car,an arrow,a raindrop,a lift,a skier"),
    "trait": listed("is older than,sits left of,finished before,lies more often than,owes money to,lives above"),
    "why": listed(
        "my {kin} and I disagree,this was in an interview,from an old exam book,my {10-15} year old "
        "brought it home,it has bothered me since {weekday},the answer key says {2-90} but I get {2-90},"
        "puzzle from the {place} paper"
    ),
    "cell": listed(
        "a diploid cell with {4-40} chromosomes,a pea plant Aa Bb,a culture that doubles every {12-90} "
        "minutes,a neuron at -{60-80} mV,a carrier of a recessive allele"
    ),
    "set": ["{first}, {first}, {first} and {first}", "{first}, {first} and {first}"],
}
_ALL = merged(WORDS, _TABLES)
_FORMS = (
    (
        "{first!} buys {12-90} {item} at {money} and gives {2-9} to each of {2-6} "
        "friends. Then {first!} sells half of the rest for "
        "{2-9} more each. How much is left over?"
    ),
    (
        "A {mover!} leaves {place} at {6-11}:{10-50} at {20-120} km/h. Another {mover!} "
        "leaves {place}, {80-600} km away, {10-90} minutes "
        "later at {20-130} km/h towards it. When and where do they meet?"
    ),
    (
        "{seller!} makes {20-90} {item} per hour, {2-15}% are spoilt. With {2-9} helpers "
        "it goes {10-60}% faster. How many hours for "
        "{400-4000} good ones?"
    ),
    (
        "A {vessel!} of {100-9000} litres fills through one pipe in {2-20} hours and "
        "through another in {3-30}; a leak empties it in "
        "{20-90}. How long until the {vessel!} is full?"
    ),
    (
        "The ages of {first} and {first} add up to {30-120}. In {2-15} years one will be "
        "{2-4} times as old as the other was {1-9} years "
        "ago. How old are they?"
    ),
    (
        "{set}: {first} {trait} {first}, but nobody who {trait} {first} {trait} {first}. "
        "Exactly {1-3} of these statements is false. "
        "What follows?"
    ),
    (
        "On an island knights tell the truth and knaves lie. {first} says '{last} is a "
        "knave or I am'. {last} says 'we are {1-2} knights "
        "of {3-5}'. Who is what?"
    ),
    (
        "{body!} of {2-90} kg is released {3-80} m above the ground while the wind "
        "pushes with {1-40} N. Where does it land and how fast? "
        "Ignore drag."
    ),
    (
        "{body!} at {3-60} m/s has to stop within {5-90} m on a slope of {3-25} degrees. "
        "Which friction coefficient is needed?"
    ),
    (
        "How many grams of {substance!} are needed for {50-900} ml of a 0.{10-95} molar "
        "solution, and how do I get from it to {10-90} ml "
        "of half the strength?"
    ),
    "{20-90} g of {substance!} react with an excess of acid, yield {50-95}%. How much gas at {15-40} C?",
    (
        "Starting from {cell}: what is expected after {2-9} generations / hours, and "
        "with which probability is the opposite seen?"
    ),
    (
        "A bag has {3-20} {colour} and {3-20} {colour} {item}. I draw {2-5} without "
        "looking. Chance that all are {colour}? And if I put "
        "them back?"
    ),
    "{first} throws {2-5} dice and wins {money} if the sum is at least {7-20}, else pays {money}. Fair game?",
    "Find all whole numbers n below {200-9000} for which n^2 + {2-90}n + {3-99} is divisible by {5-31}.",
    "What is the last digit of {2-99}^{20-999} + {2-99}^{20-900}?",
    (
        "Let f(x) = {2-9}x^3 - {2-30}x^2 + {1-40}x - {1-90}. Where is it "
        "increasing, and does it have a root between {0-3} and {4-9}?"
    ),
    "A rectangle has perimeter {20-300} and its diagonal is {8-120}. Area?",
    "A ladder of {3-12} m leans on a wall {1-4} m behind a fence {1-3} m high. How high can it reach?",
    (
        "{seller!} has shelves for {30-200} {item} and {20-90} {item}; profit is {2-19} "
        "and {3-25} each, work {1-9} and {2-9} minutes, "
        "{6-16} hours a day. What should be made?"
    ),
    (
        "{first} has meetings at {hour}, {hour} and {hour} in {place}, {place} and "
        "{place}; each ride takes {15-80} minutes. Can all be "
        "reached if the second may move by {10-60} minutes?"
    ),
    (
        "How many ways are there to seat {4-9} guests at a round table if {first} and "
        "{first} refuse to sit together and {first} must sit "
        "next to the door?"
    ),
    "If {money} earns {2-9}.{1-9}% a year and I take out {20-90} a month, how long does it last?",
    "A clock loses {2-50} seconds per hour. Set right at {hour} on {weekday}, what does it show after {2-20} days?",
    (
        "{item} cost {2-9} coins, {item} {3-12} and {item} {1-4}. I bought {20-100} "
        "pieces for {50-400} coins, at least one of each. Which?"
    ),
    "Why does {body} seem lighter at {place} than at the pole, and by how much, if it weighs {2-90} kg?",
)
_FRAMES = (
    "{p}",
    "{p}",
    "{p}",
    "{p} ({why})",
    "{why}: {p}",
    "Hello everyone, {why}. {p} Any help is welcome",
    "{p} I got {2-900} but {why}.",
    "TITLE: {item} problem\n{p}",
    "{p}\n\nedit: {why}",
    "Homework, level {2-9}. {p}",
)


def riddle(rng: Random, place: int, name: str) -> str:
    """Return the problem at *place* of the list, in the words of whoever posted it."""
    frame = weave(rng, rng.choice(_FRAMES), _ALL)
    pool = Random(f"{name}/{place // 40}").sample(_FORMS, 9)
    text = weave(rng, rng.choice(pool), _ALL)
    return frame.replace("{p}", text[0].upper() + text[1:])
