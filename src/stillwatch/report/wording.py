"""Formats numbers, names and times as English text. Every function is pure and does not depend on the locale."""

import math
from datetime import UTC, datetime

from stillwatch.cases.decisions.chances import GroupChances

__all__ = [
    "amount",
    "count",
    "day",
    "group_chances",
    "likelihood",
    "measure",
    "moment",
    "period",
    "plural",
    "probability",
    "q_value",
    "rate",
    "ratio",
    "share",
    "tick",
    "title",
]

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_LIKELIHOODS = ((0.95, "very likely"), (0.8, "likely"), (0.5, "more likely than not"), (0.2, "rather unlikely"))
_INITIALISMS = {"asn": "network", "id": "ID", "ip": "IP address", "ja4": "JA4", "tls": "TLS"}


def count(number: int) -> str:
    """Return a whole number with commas."""
    return f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """Return the number with its noun: 1 account, 1,204 accounts. *many* is an irregular plural."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def amount(number: float) -> str:
    """Return a number from a million on with three digits and a word (28.8 million), a smaller one in full."""
    for size, name in _SCALES:
        # Compared after rounding, so that 999,999,999 becomes 1 billion and not 1,000 million.
        if float(f"{number:.3g}") >= size:
            return f"{measure(number / size)} {name}"
    return count(round(number))


def measure(number: float) -> str:
    """Return a number with three significant digits; an exponent is used only below 0.0005."""
    if not math.isfinite(number):
        return "not known"
    if number == 0:
        return "0"
    if abs(number) < 0.0005:
        return f"{number:.1e}"
    if abs(number) >= 1e6:
        return amount(number) if number > 0 else "-" + amount(-number)
    if abs(number) >= 100:
        return count(round(number))
    rounded = float(f"{number:.3g}" if abs(number) >= 1 else f"{number:.2g}")
    return f"{rounded:.12f}".rstrip("0").rstrip(".")


def share(part: float) -> str:
    """Return a share from 0 to 1 as a percentage; it never rounds a positive share to 0% or a partial one to 100%."""
    if not math.isfinite(part):
        return "not known"
    if 0 < part < 0.01:
        return "under 1%"
    if 0.99 < part < 1:
        return "over 99%"
    return f"{round(part * 100)}%"


def probability(part: float) -> str:
    """Return a probability as a percentage with one decimal place; it rounds neither to 0% nor to 100%."""
    if not math.isfinite(part):
        return "not known"
    if 0 < part < 0.001:
        return "under 0.1%"
    if 0.999 < part < 1:
        return "over 99.9%"
    return f"{100 * part:.1f}%"


def rate(part: float) -> str:
    """Return a small share as a percentage with two significant digits: 1%, 0.5%, 0.01%."""
    return f"{measure(float(f'{part * 100:.2g}'))}%"


def q_value(q: float) -> str:
    """Return a q-value as a decimal fraction. Below one in a million it is a bound: no null model is more accurate."""
    if not math.isfinite(q):
        return "not known"
    if q < 1e-6:
        return "under 0.000001"
    return f"{float(f'{q:.2g}'):.8f}".rstrip("0").rstrip(".")


def ratio(observed: float, expected: float) -> str:
    """Return the ratio of observed to expected as words."""
    if not (math.isfinite(observed) and math.isfinite(expected)):
        return "not known"
    if expected <= 0:
        return "none expected" if observed > 0 else "as expected"
    times = observed / expected
    if 0.95 <= times <= 1.05:
        return "as expected"
    if times >= 1:
        return f"{measure(float(f'{times:.2g}'))} times as much"
    return f"{share(times)} of what was expected"


def group_chances(chances: GroupChances) -> str:
    """Return how probable it is that the accounts of an action are in such a group, as sentences."""
    if chances.least is None or chances.most is None:
        return "The last scan stated no probability that these accounts are in such a group."
    least, most = probability(chances.least), probability(chances.most)
    span = least if least == most else f"{least} to {most}"
    unknown = f" For {plural(chances.n_unknown, 'account')} no probability is known." if chances.n_unknown else ""
    return (
        f"Probability that an account is in such a group, by the last scan alone: {span}. "
        f"About {measure(float(f'{chances.n_outside:.2g}'))} of these accounts are expected not to be.{unknown}"
    )


def likelihood(probability: float) -> str:
    """Return the words for a probability from 0 to 1."""
    if not math.isfinite(probability):
        return "not known"
    return next((word for least, word in _LIKELIHOODS if probability >= least), "unlikely")


def title(name: str) -> str:
    """Return the name of a signal as words: shared_payment becomes Shared payment."""
    words = " ".join(_INITIALISMS.get(word, word) for word in name.replace("-", "_").split("_") if word)
    return words[:1].upper() + words[1:]


def day(at: datetime) -> str:
    """Return the day in UTC: 3 March 2026."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def moment(at: datetime) -> str:
    """Return day and minute in UTC: 3 March 2026, 14:05."""
    at = at.astimezone(UTC)
    return f"{day(at)}, {at:%H:%M}"


def tick(at: datetime) -> str:
    """Return the short day for an axis: 3 Mar."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1][:3]}"


def period(first: datetime, last: datetime) -> str:
    """Return the days from *first* to *last* in UTC without a repeated month or year: 1–30 March 2026."""
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    if first.date() == last.date():
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} – {day(last)}"
    return f"{day(first)} – {day(last)}"
